"""Read a plan file and the files it names: margins, dispositions, sites drawn."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

from analysis.plan import Number, Plan, parse_plan
from analysis.sampled_sites import SampledSite, eligible_of
from definitions import DefinitionError, Problem, composed


def load_plan(path: Path) -> Plan:
    """The plan with its margins read; their file names are relative to the plan. Raises DefinitionError."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise DefinitionError([Problem(str(path), 1, "", f"the plan cannot be opened: {error.strerror}")]) from error
    except UnicodeDecodeError as error:
        raise DefinitionError([Problem(str(path), 1, "", "the plan cannot be read as UTF-8 text")]) from error
    composed(text, str(path))  # a file may hold no aliases; a stored plan may
    plan = parse_plan(text, str(path))
    if plan.nonresponse is not None and isinstance(plan.nonresponse.dispositions, str):
        plan = plan.with_dispositions(_dispositions(path.parent / plan.nonresponse.dispositions))
    if isinstance(plan.weights.sites, str):
        plan = plan.with_sites(_sites(path.parent / plan.weights.sites, plan))
    if plan.calibration is None:
        return plan
    read = {
        name: _margin(path.parent / file, name)
        for name, file in plan.calibration.margins.items()
        if isinstance(file, str)
    }
    return plan.with_margins(read)


def _dispositions(path: Path) -> tuple[dict[str, str | Number], ...]:
    """The rows of a dispositions CSV; the analysis checks its columns and numbers."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = tuple({key: value.strip() for key, value in row.items() if key} for row in csv.DictReader(file))
    except (OSError, UnicodeDecodeError, AttributeError) as error:
        raise DefinitionError([Problem(str(path), 1, "", "the dispositions file cannot be read")]) from error
    if not rows:
        raise DefinitionError([Problem(str(path), 1, "", "the dispositions file is empty")])
    return rows


NUMBERS = {  # what a file of sites may call them
    "probability": ("probability", "inclusion_probability"), "eligible": ("eligible",),
    "residents": ("residents", "size", "population"), "drawn": ("drawn", "invited", "target"),
    "weight": ("weight", "base_weight"), "take": ("take", "target"),
}  # fmt: skip


def _sites(path: Path, plan: Plan) -> tuple[SampledSite, ...]:
    """The sites drawn, from a CSV with the columns site, stratum, probability and eligible or residents.

    drawn (persons drawn there) may stand besides; base weight and take may stand in place of probability and people.
    Raises DefinitionError with the line of every fault.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            table = csv.DictReader(file)
            headings, lines = list(table.fieldnames or []), list(enumerate(table, start=2))
    except (OSError, UnicodeDecodeError) as error:
        raise DefinitionError([Problem(str(path), 1, "", "the file of sites cannot be read")]) from error
    label = next((name for name in ("site", plan.site_column) if name in headings), None)
    stratum = next((name for name in ("stratum", plan.design.strata) if name in headings), None)
    if label is None or (plan.design.strata and stratum is None) or not lines:
        said = "a file of sites needs a line for each, with the columns site, stratum, probability and eligible"
        raise DefinitionError([Problem(str(path), 1, "", said)])
    found, problems = [], []
    for line, row in lines:
        try:
            figures = {key: _figure(row, names) for key, names in NUMBERS.items()}
            found.append(_site(row[label].strip(), row[stratum].strip() if stratum else "", figures, plan, line))
        except (ValueError, AttributeError) as error:
            problems.append(Problem(str(path), line, label, str(error).splitlines()[0]))
    times = Counter((drawn.stratum, drawn.site) for drawn in found)
    for drawn in found:
        if times[drawn.stratum, drawn.site] > 1:
            problems.append(Problem(str(path), drawn.line or 1, label, f"{drawn.named} stands more than once"))
    if problems:
        raise DefinitionError(problems)
    return tuple(found)


def _figure(row: dict[str, str], names: tuple[str, ...]) -> float | None:
    said = next((row[name].strip() for name in names if (row.get(name) or "").strip() not in ("", "NA")), None)
    try:
        return None if said is None else float(said)
    except ValueError as error:
        raise ValueError(f"'{said}' is not a number ({names[0]})") from error


def _site(name: str, stratum: str, figures: dict[str, float | None], plan: Plan, line: int) -> SampledSite:
    """One drawn site; a typed weight counts only where its probability or its people are not given."""
    share, residents = plan.weights.eligible_share, figures["residents"]
    eligible, basis = eligible_of(figures["eligible"], residents, None, float(share) if share is not None else None)
    probability, weight = figures["probability"], figures["weight"]
    if weight is not None and (probability is None or eligible is None):
        return SampledSite(name, stratum, weight=weight, take=figures["take"], line=line)
    return SampledSite(name, stratum, probability, eligible, figures["drawn"], basis=basis, line=line)


def _margin(path: Path, name: str) -> dict[str, float]:
    """Level -> population from a CSV whose columns are the level (named level, or as the margin) and population."""
    problems = []
    levels: dict[str, float] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            table = csv.DictReader(file)
            headings = table.fieldnames or []
            key = "level" if "level" in headings else name
            if key not in headings or "population" not in headings:
                raise DefinitionError([Problem(str(path), 1, "", "a margin file needs the columns level, population")])
            for line, row in enumerate(table, start=2):
                try:
                    level, count = row[key].strip(), float(row["population"])
                except (TypeError, ValueError, AttributeError):
                    problems.append(Problem(str(path), line, "population", f"'{row['population']}' is not a number"))
                    continue
                if level in levels:
                    problems.append(Problem(str(path), line, "level", f"'{level}' stands twice"))
                levels[level] = count
    except (OSError, UnicodeDecodeError) as error:
        raise DefinitionError([Problem(str(path), 1, "", f"the margin file of '{name}' cannot be read")]) from error
    if problems or not levels:
        raise DefinitionError(problems or [Problem(str(path), 1, "", "the margin file is empty")])
    return levels
