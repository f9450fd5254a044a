"""What a final run freezes beside its scorecards: where every value came from, with which method."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NotRequired, TypedDict

from sqlalchemy import select

from analysis.errors import FormatError
from analysis.methods import FIRST, MethodDocument
from analysis.scoring.documents import SummaryDocument
from analysis.scoring.programme import Programme, load_programme, programme_with
from analysis.zones import ProgrammeDocument
from survey_app.models import FinalRun, ScoringRun, db
from survey_app.scoring.superseding import FrozenSuperseding
from survey_app.values.readings import ReadingRow

FINAL_FORMAT = 2  # of what this release freezes


class SignOffRow(TypedDict):
    id: int
    step: str
    by: str
    at: str
    comment: str


class FrozenEstimate(TypedDict):
    run: int
    plan_digest: str
    definition_digest: str
    watermark: int
    flags_version: int | None
    sign_off: list[SignOffRow]


class FrozenValue(TypedDict):
    row: int
    indicator: str
    metric: str
    version: int


class FrozenEntry(TypedDict):
    state: str
    version: int
    submitted_by: str | None
    verified_by: str | None
    verified_at: str | None


class FrozenArea(TypedDict):
    """basis: own | city | small_area, with the reason of whoever picked it, in runs of earlier releases."""

    name: str
    basis: NotRequired[str]
    basis_reason: NotRequired[str]
    values: list[FrozenValue]
    entries: dict[str, FrozenEntry]


class FrozenReadings(TypedDict):
    digest: str
    rows: list[ReadingRow]


class Frozen(TypedDict):
    """areas: by code. earlier_stars: by county. method: with which the scorecards were made."""

    format: int
    method: MethodDocument
    period: str
    programme: NotRequired[ProgrammeDocument]  # earlier releases named none
    rulebooks: dict[str, str]
    estimate: FrozenEstimate
    earlier_stars: dict[str, str] | None
    readings: NotRequired[FrozenReadings]  # earlier releases named none
    supersedes: NotRequired[FrozenSuperseding]  # of a run in place of an approved one of its period
    areas: dict[str, FrozenArea]


class OpenPoint(TypedDict):
    """One thing that was not settled when a trial was made."""

    kind: str
    area: str
    detail: str
    indicator: str


def frozen_of(run: FinalRun) -> Frozen:
    """What the run froze, in its present form. Raises FormatError for a later format."""
    stored: Any = run.frozen
    number = stored.get("format", 1)
    if number == 1:  # named no method
        stored = {"method": FIRST.as_dict()} | stored | {"format": FINAL_FORMAT}
    elif number != FINAL_FORMAT:
        raise FormatError("analysis.final_of_later_format", number=number, newest=FINAL_FORMAT)
    present: Frozen = stored
    return present


def summary_of(run: FinalRun) -> SummaryDocument:
    """The counties together; its format is that of the run."""
    stored: Any = run.summary
    present: SummaryDocument = stored
    return present


def programme_of(run: FinalRun) -> Programme:
    """The programme that it went by, in that version where it is still known."""
    frozen = frozen_of(run)
    named = frozen.get("programme")
    return (
        load_programme(f"{named['id']}@{named['version']}")
        if named
        else programme_with(next(iter(frozen["rulebooks"])))
    )


def provisional_of(run: FinalRun) -> list[OpenPoint]:
    """What was not settled; its format is that of the run."""
    stored: Any = run.provisional
    return [{"indicator": ""} | point for point in stored]


def scorecards(run: FinalRun) -> list[ScoringRun]:
    """The run's scorecards, the city's first."""
    return scorecards_each([run])[0]


def scorecards_each(runs: Sequence[FinalRun]) -> list[list[ScoringRun]]:
    """`scorecards` of each, of all in one query."""
    found: dict[str, list[ScoringRun]] = {run.batch: [] for run in runs}
    rows = db.session.scalars(select(ScoringRun).where(ScoringRun.batch.in_(found)).order_by(ScoringRun.id))
    for row in sorted(rows, key=lambda row: row.area.order):
        found[row.batch].append(row)
    return [found[run.batch] for run in runs]


def subject(run: FinalRun) -> str:
    return f"final:{run.id}"
