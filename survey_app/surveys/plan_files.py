"""Read a plan file and the files it names: margins, dispositions, sites drawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from analysis.plan import Plan, parse_plan
from analysis.plan_draw import JointProbability
from analysis.plan_parts import Number
from analysis.sampled_sites import SampledSite, eligible_of
from definitions import DefinitionError, Problem, composed
from definitions.names import clean, differing, key
from definitions.numbers import NumberRefusedError, figure_of
from survey_app.files.rows_in import NamedTable, read_named
from survey_app.files.said import FileRefusedError, aloud, of_system
from wording import Message, Refusal, said_of


def load_plan(path: Path) -> Plan:
    """The plan with its margins read; their file names are relative to the plan. Raises DefinitionError."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise DefinitionError(
            [Problem(str(path), 1, "", Message("surveys.plan_cannot_opened", strerror=of_system(error)))]
        ) from error
    except UnicodeDecodeError as error:
        raise DefinitionError([Problem(str(path), 1, "", Message("surveys.plan_cannot_read_as"))]) from error
    composed(text, str(path))  # a file may hold no aliases; a stored plan may
    plan = parse_plan(text, str(path))
    if plan.nonresponse is not None and isinstance(plan.nonresponse.dispositions, str):
        plan = plan.with_dispositions(_rows(path.parent / plan.nonresponse.dispositions))
    if plan.small_areas is not None and isinstance(plan.small_areas.cells, str):
        cells = path.parent / plan.small_areas.cells
        try:
            plan = plan.with_area_cells(_rows(cells))
        except Refusal as error:
            raise DefinitionError([Problem(str(cells), 1, "", said_of(error))]) from error
    if isinstance(plan.weights.sites, str):
        plan = plan.with_sites(_sites(path.parent / plan.weights.sites, plan))
    if plan.design.pps is not None and isinstance(plan.design.pps.joint, str):
        plan = plan.with_joint(_joint(path.parent / plan.design.pps.joint))
    if plan.calibration is None:
        return plan
    read = {
        name: _margin(path.parent / file, name)
        for name, file in plan.calibration.margins.items()
        if isinstance(file, str)
    }
    return plan.with_margins(read)


def _rows(path: Path) -> tuple[dict[str, str | Number], ...]:
    """The rows of a table; the analysis checks its columns and numbers."""
    return tuple(dict(row.cells) for row in _table(path, (), None).rows)


def _joint(path: Path) -> tuple[JointProbability, ...]:
    """The joint probabilities of pairs of sites. Raises DefinitionError with the line of every fault."""
    table = _table(path, ("site", "other", "probability"), ("stratum",))
    found, problems = [], []
    for row in table.rows:
        try:
            number = figure_of(row["probability"])
            found.append(
                JointProbability(row["site"], row["other"], number, row["stratum"] if row.get("stratum") else "")
            )
        except NumberRefusedError as error:
            problems.append(Problem(str(path), row.number, "probability", error.said))
    if problems:
        raise DefinitionError(problems)
    return tuple(found)


NUMBERS = {  # what a file of sites may call them
    "probability": ("probability", "inclusion_probability"), "eligible": ("eligible",),
    "residents": ("residents", "size", "population"), "drawn": ("drawn", "invited", "target"),
    "weight": ("weight", "base_weight"), "take": ("take", "target"),
}  # fmt: skip


def _sites(path: Path, plan: Plan) -> tuple[SampledSite, ...]:
    """The sites drawn: a table with the columns site, stratum, probability and eligible or residents.

    drawn (persons drawn there) may stand besides; base weight and take may stand in place of probability and people.
    Raises DefinitionError with the line of every fault.
    """
    table = _table(path, (), None)
    label = next((name for name in ("site", plan.site_column) if name in table.columns), None)
    stratum = next((name for name in ("stratum", plan.design.strata) if name in table.columns), None)
    if label is None or (plan.design.strata and stratum is None):
        said = Message("surveys.file_sites_needs_line")
        raise DefinitionError([Problem(str(path), 1, "", said)])
    found, problems = [], []
    for row in table.rows:
        try:
            figures = {name: _figure(row.cells, known) for name, known in NUMBERS.items()}
            name, inside = row.cells[label].strip(), row.cells[stratum].strip() if stratum else ""
            planned = _figure(row.cells, NUMBERS["drawn"][:2]) is None  # a target is nobody drawn
            found.append(replace(_site(name, inside, figures, plan, row.number), planned=planned))
        except ValueError as error:
            problems.append(
                Problem(
                    str(path),
                    row.number,
                    label,
                    said_of(error) if isinstance(error, Refusal) else str(error).splitlines()[0],
                )
            )
    times = Counter((drawn.stratum, drawn.site) for drawn in found)
    for drawn in found:
        if times[drawn.stratum, drawn.site] > 1:
            problems.append(Problem(str(path), drawn.line or 1, label, Message("surveys.site_twice", site=drawn.named)))
    if problems:
        raise DefinitionError(problems)
    return tuple(found)


def _figure(row: Mapping[str, str], names: tuple[str, ...]) -> float | None:
    said = next((row[name].strip() for name in names if row.get(name, "").strip() not in ("", "NA")), None)
    try:
        return None if said is None else figure_of(said)
    except NumberRefusedError as error:
        raise Refusal("surveys.of_column", said=error, column=names[0]) from error


def _site(name: str, stratum: str, figures: dict[str, float | None], plan: Plan, line: int) -> SampledSite:
    """One drawn site; a typed weight counts only where its probability or its people are not given."""
    share, residents = plan.weights.eligible_share, figures["residents"]
    eligible, basis = eligible_of(figures["eligible"], residents, None, float(share) if share is not None else None)
    probability, weight = figures["probability"], figures["weight"]
    if weight is not None and (probability is None or eligible is None):
        return SampledSite(name, stratum, weight=weight, take=figures["take"], line=line)
    return SampledSite(name, stratum, probability, eligible, figures["drawn"], basis=basis, line=line)


def _margin(path: Path, name: str) -> dict[str, float]:
    """Level -> population from a table whose columns are the level (named level, or as the margin) and population."""
    table = _table(path, ("population",), ("level", name))
    column = next((column for column in ("level", name) if column in table.columns), None)
    if column is None:
        raise DefinitionError([Problem(str(path), 1, "", Message("surveys.margin_file_needs_columns"))])
    problems = []
    levels: dict[str, float] = {}
    alike: dict[str, str] = {}
    for row in table.rows:
        level = clean(row[column])
        try:
            count = figure_of(row["population"])
        except NumberRefusedError as error:
            problems.append(Problem(str(path), row.number, "population", error.said))
            continue
        other = alike.setdefault(key(level), row[column])
        if level in levels or other != row[column]:
            said = differing(row[column], other)
            twice = (
                Message("surveys.level_looks_the_same", level=level, said=said)
                if said
                else Message("surveys.level_twice", level=level)
            )
            problems.append(Problem(str(path), row.number, "level", twice))
        levels[level] = count
    if problems:
        raise DefinitionError(problems)
    return levels


def _table(path: Path, needed: tuple[str, ...], others: tuple[str, ...] | None) -> NamedTable:
    try:
        table = read_named(path, needed, others)
    except FileRefusedError as error:
        raise DefinitionError([Problem(str(path), 1, "", str(error))]) from error
    aloud(path, table.notes)
    return table
