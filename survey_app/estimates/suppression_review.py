"""Small groups in what a run says of services, their counties, the perception gap and modes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from analysis.suppression import one_way, suppressed
from survey_app.surveys.columns import COUNTY_VARIABLE

NAMES = {"key", "level", "mode", "change", "county", "field", "points_share", "points_rank"}


def hide_review(result: dict[str, Any], by_levels: Mapping[str, Collection[str]], least: int) -> None:
    """Blank what rests on fewer than `least` responses, and what would give it away, in place.

    by_levels: domain -> levels that are hidden already; all that is said of services in such a county goes with it.
    """
    _services(result, set(by_levels.get(COUNTY_VARIABLE, ())), least)
    _modes(result, least)


def _services(result: dict[str, Any], counties: set[str], least: int) -> None:
    services = result.get("services")
    if not services:
        return
    gone = {row["key"] for row in services["services"] if 0 < row["n"] < least}
    for row in services["services"]:
        if row["key"] in gone:
            _blank(row)
        elif 0 < row["not_used"] < least:
            row |= {"not_used": None, "reach": None}
    pairs = {(area["level"], row["key"]) for area in services["areas"] for row in area["services"] if row["n"] and
             (area["level"] in counties or row["key"] in gone)}  # fmt: skip
    for key in {row["key"] for area in services["areas"] for row in area["services"]}:
        counts, sums = one_way(
            {area["level"]: row["n"] for area in services["areas"] for row in area["services"] if row["key"] == key}
        )
        hidden = suppressed(counts, sums, least, [level for level, other in pairs if other == key])
        pairs |= {(str(level), key) for level in hidden if level != ()}
    for area in services["areas"]:
        for row in area["services"]:
            if (area["level"], row["key"]) in pairs:
                _blank(row)
    services["covariance"] = None if gone else services["covariance"]
    gap = result.get("perception_gap") or {}
    _blank_all(row for row in (gap.get("city") or {}).get("fields", ()) if row["field"] in gone)
    _blank_all(row for row in (gap.get("counties") or {}).get("rows", ()) if (row["county"], row["field"]) in pairs)


def _modes(result: dict[str, Any], least: int) -> None:
    compared = result.get("mode_comparison")
    if not compared:
        return
    hidden = {row["mode"] for row in result.get("modes", ()) if row.get("suppressed")}
    counts, sums = one_way({row["mode"]: row["n"] for row in compared["modes"]})
    hidden |= {
        str(mode) for mode in suppressed(counts, sums, least, [mode for mode in hidden if mode in counts]) if mode != ()
    }
    _blank_all(row for row in compared["modes"] if row["mode"] in hidden)
    compared["differences"] = [
        row for row in compared["differences"] if row["mode"] not in hidden and compared["base"] not in hidden
    ]
    choices = (result.get("sensitivity") or {}).get("choices", ())
    _blank_all(row for row in choices if row["change"] == "without_mode" and row["level"] in hidden)
    _blank_all(row for row in choices if row["change"] == "all_modes" and hidden)


def _blank_all(rows: Iterable[dict[str, Any]]) -> None:
    for row in rows:
        _blank(row)


def _blank(row: dict[str, Any]) -> None:
    for name in set(row) - NAMES:
        row[name] = [] if isinstance(row[name], list) else None
    row["suppressed"] = True
