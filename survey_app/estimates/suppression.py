"""What of a result or a table may be shown to whom: small groups stay hidden from all but administrators.

`shown_result` does it for a stored estimate, `shown_counts` and `shown_nested` for tables of counts. A hidden figure
is None; a row that lost its figures has "suppressed": True.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from copy import deepcopy
from functools import lru_cache

import numpy as np

from analysis.cells import Cells, Codes, Column
from analysis.documents.estimate import EstimateDocument
from analysis.documents.rows import DomainRow, NumberRow, TableRow
from analysis.leaving_out import residence_column
from analysis.notices import NoticeDocument
from analysis.plan import CROSS, Plan
from analysis.suppression import Key, Sum, one_way, suppressed, two_way
from survey_app.estimates.suppression_review import hide, hide_review
from survey_app.ground.held import computing, require
from survey_app.ground.plans import plan_of_run
from survey_app.ground.stored import cells_of, estimate_of, without_figure
from survey_app.models import EstimateRun, Grant
from survey_app.surveys.small_cells import least_cell, sees_all


def shown_result(run: EstimateRun, grants: Iterable[Grant]) -> EstimateDocument:
    """The run's result as these grants may see it, never the stored document itself.

    Domains, crossed domains, further figures, small areas, modes, margins before calibration and the sensitivity
    table are protected together. "suppressed": {"least", "cells"} stands in the result where anything is hidden.
    """
    require(run)
    if sees_all(grants):
        return deepcopy(estimate_of(run))
    return deepcopy(_protected(Frozen(run), least_cell(run.survey)))


def hidden_levels(run: EstimateRun, variable: str, grants: Iterable[Grant]) -> frozenset[str]:
    """Levels of a domain whose figures these grants may not see; cheaper than the whole document."""
    if sees_all(grants):
        return frozenset()
    with computing():
        rows = _protected(Frozen(run), least_cell(run.survey))["domains"].get(variable, [])
    return frozenset(row["level"] for row in rows if row.get("suppressed"))


def shown_without_figure(run: EstimateRun, grants: Iterable[Grant]) -> EstimateDocument:
    """What of it these grants may see while the figure is held."""
    with computing():
        return without_figure(shown_result(run, grants))


class Frozen:
    """A run as a key of the cache: a stored run never changes, so its number says it all."""

    def __init__(self, run: EstimateRun) -> None:
        self.run: EstimateRun | None = run  # let go once it has been read: only the key stays in the cache
        self.key = (run.id, run.created_at, run.plan_digest)

    def taken(self) -> EstimateRun:
        """The run, for who was the first to ask."""
        run, self.run = self.run, None
        assert run is not None
        return run

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Frozen) and other.key == self.key

    def __hash__(self) -> int:
        return hash(self.key)


@lru_cache(maxsize=32)
def _protected(run: Frozen, least: int) -> EstimateDocument:
    stored = run.taken()
    result = deepcopy(estimate_of(stored))
    plan = plan_of_run(stored)
    hidden = _hidden_domains(result, plan, least)
    domains = result["domains"]
    for name, rows in domains.items():
        hide(row for row in rows if (name, row["level"]) in hidden)
        _rank_the_shown(rows)
    by_levels = {name: {row["level"] for row in rows if row.get("suppressed")} for name, rows in domains.items()}
    if any(by_levels.values()):  # the least effective size would tell that of a group which is hidden
        result["weights"]["checks"] = [one for one in result["weights"].get("checks", []) if one["check"] != "domain"]
        result["notices"] = [one for one in result["notices"] if one["key"] != "weights_domain"]
    if () in hidden:
        result |= {
            "n": None, "effective_n": None, "sum_weights": None, "responses": None, "missing": None, "bounds": None,
            "index_bounds": None,
        }  # fmt: skip
    cells = Cells.from_json(cells_of(stored))
    _hide_figures(result, cells, least)
    _hide_areas(result, by_levels)
    _hide_counts(result, cells, plan, by_levels, least)
    hide_review(result, by_levels, least)
    number = _marked(result)
    if number or () in hidden:
        result["suppressed"] = {"least": least, "cells": number + (() in hidden)}
    return result


def _hidden_domains(result: EstimateDocument, plan: Plan, least: int) -> frozenset[Key]:
    """(domain, level) and () for the whole: one system of all domains, crossed ones tied to their margins."""
    counts: dict[Key, int] = {(): result["n"] or 0}
    sums: list[Sum] = []
    domains = result["domains"]
    for name, rows in domains.items():
        counts |= {(name, row["level"]): row["n"] or 0 for row in rows}
        sums += [Sum((), tuple((name, row["level"]) for row in rows))] if rows else []
    for name, parts in plan.crossings.items():
        for margin, fewer in plan.crossings.items():
            if set(fewer) < set(parts):
                sums += _margins(name, parts, margin, fewer, domains)
    return suppressed(counts, sums, least)


def _rank_the_shown(rows: list[DomainRow]) -> None:
    """Ranks among those whose figures are shown, where some are not: who is hidden has no place among them."""
    ranked = [ranks for row in rows if (ranks := row.get("ranks"))]
    if not any(row.get("suppressed") for row in rows) or not ranked:
        return
    names = {row["level"] for row in rows if row.get("ranks")}
    for place, ranks in enumerate(sorted(ranked, key=lambda one: one["rank"]), 1):
        above, below = ([name for name in ranks[side] if name in names] for side in ("above", "below"))
        ranks |= {
            "rank": place,
            "lower": 1 + len(above),
            "upper": len(ranked) - len(below),
            "above": above,
            "below": below,
        }


def _margins(
    name: str, parts: tuple[str, ...], margin: str, fewer: tuple[str, ...], domains: Mapping[str, list[DomainRow]]
) -> list[Sum]:
    """Each level of a domain is the sum of the levels that cross it with something more."""
    places = [parts.index(part) for part in fewer]
    inside: dict[str, list[Key]] = {row["level"]: [] for row in domains.get(margin, ())}
    for row in domains.get(name, ()):
        levels = row["level"].split(CROSS)
        inside[CROSS.join(levels[place] for place in places)].append((name, row["level"]))
    return [Sum((margin, level), tuple(found)) for level, found in inside.items() if found]


def _hide_figures(result: EstimateDocument, cells: Cells, least: int) -> None:
    """The plan's further figures: each name is a table of its own; crossed tables by the responses in their cells."""
    groups: dict[tuple[str, str, float | None], list[NumberRow]] = {}
    for row in result["figures"]:
        if row["kind"] == "table":
            _hide_table(row, cells, least)
        else:
            at = row["at"] if row["kind"] == "quantile" else None
            groups.setdefault((row["name"], row["kind"], at), []).append(row)
    for rows in groups.values():
        counts, sums = one_way({row["level"]: row["n"] or 0 for row in rows})
        hidden = suppressed(counts, sums, least)
        hide(row for row in rows if row["level"] in hidden)


def _hide_table(figure: TableRow, cells: Cells, least: int) -> None:
    """Shares of a crossed table whose cells are small. Runs made before a table named its columns find them by their levels."""
    levels = (figure["rows"], figure["columns"])
    names = figure.get("table") or [name for side in levels for name in _named(cells, side)]
    if len(names) != 2:
        figure |= {"shares": [[None] * len(figure["columns"]) for _ in figure["rows"]], "suppressed": True}
        return
    row, column = (_places(cells.columns[name], side) for name, side in zip(names, levels, strict=True))
    counted = {
        (r, c): int(cells.count[(row == r) & (column == c)].sum())
        for r in range(len(figure["rows"]))
        for c in range(len(figure["columns"]))
    }
    hidden = suppressed(*two_way(counted), least)
    figure["shares"] = [
        [None if (r, c) in hidden else share for c, share in enumerate(shares)]
        for r, shares in enumerate(figure["shares"])
    ]
    if hidden:
        figure["suppressed"] = True


def _named(cells: Cells, levels: Collection[str]) -> list[str]:
    """The one column of these levels; none where several have them."""
    found = [name for name, column in cells.columns.items() if tuple(column.levels) == tuple(levels)]
    return found if len(found) == 1 else []


def _places(column: Column, levels: list[str]) -> Codes:
    """The place of each cell's level among `levels`, -1 for another."""
    return np.array([*(levels.index(level) if level in levels else -1 for level in column.levels), -1])[column.codes]


def _hide_areas(result: EstimateDocument, by_levels: Mapping[str, Collection[str]]) -> None:
    areas = result.get("small_areas")
    if areas:
        hidden = by_levels.get(areas["domain"], ())
        hide(row for row in areas["areas"] if row["name"] in hidden)


def _hide_counts(
    result: EstimateDocument, cells: Cells, plan: Plan, by_levels: Mapping[str, Collection[str]], least: int
) -> None:
    """Modes, margins before calibration, strata and sites that the sensitivity table leaves out."""
    modes = result.get("modes", [])
    if modes:
        counts, sums = one_way({row["mode"]: row["n"] or 0 for row in modes})
        few = suppressed(counts, sums, least)
        hide(row for row in modes if row["mode"] in few)
    for name, rows in result["calibration"]["margin_table"].items():
        counts, sums = one_way(_by_level(cells, name))
        hidden = suppressed(counts, sums, least) | frozenset(by_levels.get(name, ()))
        for row in rows:
            if row["level"] in hidden:
                row |= {"before": None, "suppressed": True}
        _hide_response(result, name, hidden)
    hide(row for row in result["calibration"]["nonresponse"] if 0 < (row["respondents"] or 0) < least)
    known = result.get("response")
    for group in known["groups"] if known else ():
        if 0 < (group["respondents"] or 0) < least:
            group |= {"respondents": None, "rate": None, "suppressed": True}
    made = result["site_weights"]
    for one in made["classes"] if made else ():
        if 0 < (one["respondents"] or 0) < least:  # the factor would tell their number
            one |= {"respondents": None, "factor": None, "suppressed": True}
    _hide_left_out(result, cells, plan, by_levels, least)


def _hide_response(result: EstimateDocument, margin: str, hidden: Collection[Key]) -> None:
    """Response of hidden levels; of sites and classes with few answers `_hide_counts` takes the number and the rate."""
    known = result.get("response")
    hide(row for row in (known["margins"].get(margin, ()) if known else ()) if row["level"] in hidden)


def _hide_left_out(
    result: EstimateDocument, cells: Cells, plan: Plan, by_levels: Mapping[str, Collection[str]], least: int
) -> None:
    """Strata and sites of the sensitivity table; a county goes with its residents, and is counted by both."""
    table = result.get("sensitivity")
    if not table:
        return
    units = (plan.design.strata, residence_column(cells, plan))
    for rows, columns in ((table["strata"], units), (table["sites"], (plan.design.psu,))):
        hidden: set[Key] = {row["level"] for row in rows if 0 < (row["n"] or 0) < least}
        for column in columns if rows else ():
            if column:
                counts, sums = one_way(_by_level(cells, column))
                hidden |= suppressed(counts, sums, least) | set(by_levels.get(column, ()))
        hide(row for row in rows if row["level"] in hidden)
        for row in rows:  # how many were asked away from home is a count of few people
            row["notices"] = [notice for notice in row.get("notices", []) if not _tells_of_few(notice, least)]
    days = table.get("networks", [])  # of a site whose figures are hidden none may be told
    hide(row for row in days if row["level"].rpartition(" ")[0] in hidden or 0 < (row["n"] or 0) < least)


def _tells_of_few(notice: NoticeDocument, least: int) -> bool:
    return notice["key"] == "residents_left_out" and any(0 < int(n) < least for n in notice["params"].values())


def _by_level(cells: Cells, name: str) -> dict[Key, int]:
    column = cells.columns[name]
    return {level: int(cells.count[column.codes == place].sum()) for place, level in enumerate(column.levels)}


def _marked(node: object) -> int:
    """How many rows of the document lost their figures."""
    if isinstance(node, dict):
        return int(node.get("suppressed") is True) + sum(_marked(value) for value in node.values())
    return sum(_marked(value) for value in node) if isinstance(node, list) else 0
