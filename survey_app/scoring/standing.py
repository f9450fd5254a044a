"""How a batch of scorecards stands: from when, signed or not, what has changed since, and who ranks where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from analysis.scoring.documents import ScorecardDocument, VetoRow
from analysis.scoring.programme import Programme
from analysis.scoring.progress import Summary, best_first, places, summarise
from survey_app.ground import sign_off
from survey_app.ground.stored import card_of
from survey_app.models import UNITS, FinalRun, IndicatorValue, ScoringRun, db
from survey_app.surveys.freshness import VALUES, changed_since
from survey_app.values.periods import current_period


@dataclass(frozen=True)
class Standing:
    """Of one batch. kind: '' follows an estimate, else trial or final; changed: what has changed since, as keys of
    `surveys.freshness`; only a final run can be approved, by its two people."""

    kind: str
    final_id: int | None
    estimate_id: int
    made_at: datetime
    approved: bool
    changed: tuple[str, ...]


@dataclass(frozen=True)
class Ranked:
    """A scorecard in its list. place: shared by equal scores; None for the city, where nothing was entered, and
    where satisfaction is not known and decides over the star."""

    run: ScoringRun
    place: int | None
    entered: bool


def standings(batches: Sequence[Sequence[ScoringRun]]) -> list[Standing]:
    """Of each batch, in a fixed number of queries."""
    runs = [batch[0] for batch in batches]
    finals = {
        final.batch: final
        for final in db.session.scalars(select(FinalRun).where(FinalRun.batch.in_([run.batch for run in runs])))
    }
    states = sign_off.states([f"final:{final.id}" for final in finals.values()])
    changed = changed_since(run.estimate_run_id for run in runs)
    newest, current = _newest_values(), current_period().code
    found = []
    for batch, first in zip(batches, runs, strict=True):
        final = finals.get(first.batch)
        period = final.period if final else current
        moments = [newest.get((run.area_id, run.rulebook_id, period)) for run in batch]
        values = any(at is not None and at > run.created_at for at, run in zip(moments, batch, strict=True))
        found.append(
            Standing(
                final.kind if final else "", final.id if final else None, first.estimate_run_id, first.created_at,
                final is not None and states.get(f"final:{final.id}") == sign_off.APPROVED,
                (*((VALUES,) if values else ()), *changed.get(first.estimate_run_id, ())),
            )
        )  # fmt: skip
    return found


def open_vetoes(card: ScorecardDocument) -> list[VetoRow]:
    """What may still make a score void; none where it is void or cannot become so."""
    return [] if card["void"] else card["may_be_vetoed_by"]


def has_values(values: Mapping[str, Mapping[str, object]]) -> bool:
    """Whether anybody entered anything: a scorecard of unknowns alone is no score of nothing."""
    return any(value is not None for metrics in values.values() for value in metrics.values())


def ranked(runs: Sequence[ScoringRun]) -> list[Ranked]:
    """The runs of a batch: the city, its counties and its zones, of each the best first and last those without any value."""
    entered = [run for run in runs if has_values(run.values)]
    found: dict[str, int | None] = {}
    for kind in UNITS[1:]:
        cards = {run.area.name: card_of(run) for run in entered if run.area.kind == kind}
        names = best_first(cards)
        found |= zip(names, places([cards[name] for name in names]), strict=True)
    listed = [Ranked(run, found.get(run.area.name), run in entered) for run in runs]
    return sorted(listed, key=lambda row: (row.run.area.order[0], row.place is None, row.place or 0, row.run.area.name))


def summary_of_runs(
    runs: Sequence[ScoringRun], programme: Programme, earlier: Mapping[str, str] | None = None, *, blank: bool = True
) -> Summary:
    """The counties of a batch together, and the goals of counties and zones. blank: whether those without any value are
    listed; they count as not there yet."""
    cards: dict[str, dict[str, ScorecardDocument]] = {kind: {} for kind in UNITS}
    for run in runs:
        if blank or has_values(run.values):
            cards[run.area.kind][run.area.name] = card_of(run)
    numbers = {kind: sum(run.area.kind == kind for run in runs) or 1 for kind in UNITS}
    return summarise(cards["county"], programme, earlier, numbers["county"], cards["zone"], numbers["zone"])


def _newest_values() -> dict[tuple[int, str, str], datetime]:
    """Area, rulebook and period -> when a value of it last changed."""
    query = select(
        IndicatorValue.area_id, IndicatorValue.rulebook_id, IndicatorValue.period, func.max(IndicatorValue.changed_at)
    ).group_by(IndicatorValue.area_id, IndicatorValue.rulebook_id, IndicatorValue.period)
    return {(area, rulebook, period): at for area, rulebook, period, at in db.session.execute(query)}
