"""Small groups in what a run says of services, their counties, the perception gap and modes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from analysis.documents.estimate import EstimateDocument
from analysis.suppression import one_way, suppressed
from survey_app.surveys.columns import COUNTY_VARIABLE

KEPT = {
    "level", "name", "kind", "mode", "change", "at", "note", "population", "publication", "levels", "key", "county",
    "field", "points_share", "points_rank",
}  # fmt: skip


def hide(rows: Iterable[Mapping[str, object]]) -> None:
    """Blank rows of a document in place, but for what names them; a key that is new is blanked too."""
    for row in rows:
        assert isinstance(row, dict)
        for name in set(row) - KEPT:
            row[name] = [] if isinstance(row[name], list) else None
        row["suppressed"] = True


def hide_review(result: EstimateDocument, by_levels: Mapping[str, Collection[str]], least: int) -> None:
    """Blank what rests on fewer than `least` responses, and what would give it away, in place.

    by_levels: domain -> levels that are hidden already; all that is said of services in such a county goes with it.
    """
    _services(result, set(by_levels.get(COUNTY_VARIABLE, ())), least)
    _modes(result, least)


def _services(result: EstimateDocument, counties: set[str], least: int) -> None:
    services = result.get("services")
    if not services:
        return
    gone = {row["key"] for row in services["services"] if 0 < (row["n"] or 0) < least}
    hide(row for row in services["services"] if row["key"] in gone)
    for row in services["services"]:
        if 0 < (row["not_used"] or 0) < least:
            row |= {"not_used": None, "reach": None}
    pairs = {
        (area["level"], own["key"])
        for area in services["areas"]
        for own in area["services"]
        if own["n"] and (area["level"] in counties or own["key"] in gone)
    }
    for key in {own["key"] for area in services["areas"] for own in area["services"]}:
        counts, sums = one_way(
            {
                area["level"]: own["n"] or 0
                for area in services["areas"]
                for own in area["services"]
                if own["key"] == key
            }
        )
        hidden = suppressed(counts, sums, least, [level for level, other in pairs if other == key])
        pairs |= {(str(level), key) for level in hidden if level != ()}
    for area in services["areas"]:
        hide(own for own in area["services"] if (area["level"], own["key"]) in pairs)
    services["covariance"] = None if gone else services["covariance"]
    gap = result.get("perception_gap")
    if gap and gap["city"]:
        hide(ranked for ranked in gap["city"]["fields"] if ranked["field"] in gone)
    if gap and gap["counties"]:
        hide(own for own in gap["counties"]["rows"] if (own["county"], own["field"]) in pairs)


def _modes(result: EstimateDocument, least: int) -> None:
    compared = result.get("mode_comparison")
    if not compared:
        return
    hidden = {row["mode"] for row in result.get("modes", ()) if row.get("suppressed")}
    counts, sums = one_way({row["mode"]: row["n"] or 0 for row in compared["modes"]})
    hidden |= {
        str(mode) for mode in suppressed(counts, sums, least, [mode for mode in hidden if mode in counts]) if mode != ()
    }
    hide(row for row in compared["modes"] if row["mode"] in hidden)
    compared["differences"] = [
        row for row in compared["differences"] if row["mode"] not in hidden and compared["base"] not in hidden
    ]
    sensitivity = result.get("sensitivity")
    for row in sensitivity["choices"] if sensitivity else ():
        if (row["change"] == "without_mode" and row["level"] in hidden) or (row["change"] == "all_modes" and hidden):
            hide([row])
