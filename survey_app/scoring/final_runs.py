"""The run that settles the stars: the city and all its counties together, frozen, and made again from what it froze."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from typing import Any, TypedDict

from sqlalchemy import select

from analysis.methods import CURRENT, method_of
from analysis.scoring import Rulebook, Satisfaction, Scorecard, ValuesError, score
from analysis.scoring.documents import SummaryDocument
from analysis.scoring.programme import Programme, programme_with
from analysis.scoring.progress import known_star
from analysis.scoring.values import Values
from survey_app.estimates.area_satisfaction import scored_satisfaction
from survey_app.estimates.runs import RunVerified, verify_run
from survey_app.ground import audit, sign_off
from survey_app.ground.held import scores
from survey_app.ground.rulebooks import programme_in
from survey_app.ground.stored import as_stored, card_of, estimate_of, rulebook_of
from survey_app.ground.versions import code_version
from survey_app.models import Area, EstimateRun, FinalRun, Period, ScoringRun, db
from survey_app.scoring import objections, superseding
from survey_app.scoring.earlier_bases import satisfaction_then
from survey_app.scoring.final_checks import Open, open_points
from survey_app.scoring.frozen import FINAL_FORMAT, Frozen, FrozenArea, frozen_of, programme_of, scorecards, subject
from survey_app.scoring.standing import summary_of_runs
from survey_app.surveys.official_plan import why_not_official
from survey_app.values.reading import Read, entries, present_values, value_rows, verified_values, with_peers_each
from survey_app.values.readings import digest_of_rows, readings_in, rulebook_in
from survey_app.values.rulebooks import rated_areas
from wording import Message, Refusal, Text

TRIAL, FINAL = "trial", "final"


class FinalRunError(Refusal):
    """A run that may not be made or settled, in the user's words; `points`: what is not settled."""

    def __init__(self, message: Text, points: Sequence[Open] = ()) -> None:
        super().__init__(message)
        self.points = tuple(points)


def make_run(
    kind: str, city: Area, estimate: EstimateRun, period: Period, reason: str = "", cause: str = ""
) -> FinalRun:
    """Score the city and its counties and freeze all of it. The caller commits.

    A trial takes the present values and says what is provisional. A final run is made only where nothing is open;
    where an approved one stands already it needs the reason why it supersedes that one, and where that is of the same
    period one of the listed causes (superseding.py). Raises FinalRunError.
    """
    audit.wait_turn()
    if kind not in (TRIAL, FINAL):
        raise FinalRunError(Message("scoring.no_such_kind_run", kind=kind))
    points = open_points(city, estimate, period)
    if kind == FINAL and points:
        raise FinalRunError(Message("scoring.points_still_open", n=len(points)), points)
    same = superseding.stood(city.id, period.code) if kind == FINAL else None
    standing = same or settled(city)
    if kind == FINAL and standing is not None and not reason.strip():
        raise FinalRunError("scoring.say_why_run_supersedes")
    wrong = superseding.refused(same, estimate, cause) if same is not None else None
    if wrong is not None:
        raise FinalRunError(wrong)
    areas = rated_areas(city, period)
    batch = secrets.token_hex(8)
    with db.session.no_autoflush:  # nothing is written before everything is scored
        values = _values(areas, period, verified_values if kind == FINAL else present_values)
        scored = [_score(area, *values[area], estimate, batch, points) for area in areas]
        programme = programme_in(period, city) or programme_with(scored[0].rulebook_id)
        frozen = _frozen(areas, scored, estimate, period, programme)
        if same is not None:
            before, after = (card_of(card)["satisfaction"] for card in (scorecards(same)[0], scored[0]))
            frozen["supersedes"] = {"run": same.id, "cause": cause, "before": before, "after": after}
    db.session.add_all(scored)
    run = FinalRun(
        kind=kind, city=city, estimate_run=estimate, batch=batch, period=period.code, created_by=audit.actor(),
        supersedes=standing if kind == FINAL else None, reason=reason.strip(),
        frozen=frozen, provisional=[point.as_dict() for point in points],
        summary=_summary(scored, programme, frozen["earlier_stars"]), code_version=code_version(),
        demo=estimate.demo,
    )  # fmt: skip
    db.session.add(run)
    db.session.flush()
    told = {"kind": kind, "batch": batch, "estimate": estimate.id, "period": period.code, "open": len(points)}
    audit.record("final.make", subject(run), after=told, reason=reason.strip())
    return run


def settled(city: Area) -> FinalRun | None:
    """The run whose stars count: the newest approved one."""
    query = select(FinalRun).where(FinalRun.city_id == city.id, FinalRun.kind == FINAL).order_by(FinalRun.id.desc())
    known = list(db.session.scalars(query))
    states = sign_off.states([subject(run) for run in known])
    return next((run for run in known if states.get(subject(run)) == sign_off.APPROVED), None)


def settle(run: FinalRun, step: str, by: str, comment: str) -> None:
    """A step of two people towards the result; the caller commits. Raises FinalRunError or SignOffError.

    Approval asks once more whether the estimate is still approved and by the official plan, and whether another run
    came between.
    """
    audit.wait_turn()
    if run.kind != FINAL:
        raise FinalRunError("scoring.trial_not_signed_off")
    wrong = why_not_official(run.estimate_run) if step in (sign_off.PROPOSED, sign_off.APPROVED) else None
    if wrong is None and step in (sign_off.PROPOSED, sign_off.APPROVED):
        wrong = _read_otherwise(run) or objections.why_not_signed(run)
    if wrong is not None:
        raise FinalRunError(wrong)
    if step == sign_off.APPROVED:
        if sign_off.standing(f"estimate:{run.estimate_run_id}").state != sign_off.APPROVED:
            raise FinalRunError("scoring.its_estimate_no_longer")
        now = superseding.stood(run.city_id, run.period) or settled(run.city)
        if now is not None and now.id not in (run.supersedes_id, run.id):
            raise FinalRunError("scoring.another_run_approved_since")
    sign_off.take_step(subject(run), step, by, comment)


def _read_otherwise(run: FinalRun) -> Message | None:
    """That a ruling has changed the readings since: they hold for all units alike."""
    then = frozen_of(run).get("readings")
    now = readings_in(db.session.get_one(Period, run.period)).digest
    return Message("readings.made_by_other_readings") if then is not None and then["digest"] != now else None


def runs_of(city: Area) -> list[FinalRun]:
    """Every run of the city, the newest first."""
    return list(db.session.scalars(select(FinalRun).where(FinalRun.city_id == city.id).order_by(FinalRun.id.desc())))


def earlier_stars(city: Area, period: str) -> dict[str, str] | None:
    """County or zone -> its star in the newest approved run of an earlier period, where it was known; None where there is none."""
    query = select(FinalRun).where(FinalRun.city_id == city.id, FinalRun.kind == FINAL, FinalRun.period < period)
    known = list(db.session.scalars(query.order_by(FinalRun.id.desc())))
    states = sign_off.states([subject(run) for run in known])
    before = next((run for run in known if states.get(subject(run)) == sign_off.APPROVED), None)
    if before is None:
        return None
    cards = {row.area.name: card_of(row) for row in scorecards(before) if row.area.kind != "city"}
    return {name: star for name, card in cards.items() if (star := known_star(card)) is not None}


class FinalVerified(TypedDict):
    """The document of `minyi verify final --json`."""

    final: int
    same: bool
    differs: list[str]
    estimate: RunVerified


def verify_final(run: FinalRun) -> FinalVerified:
    """Whether all comes out the same from what the run froze, to the last digit, its estimate included."""
    differs, estimate = differences(run), verify_run(run.estimate_run)
    if not estimate["same"]:
        differs.append(str(Message("lines.of_run", number=run.estimate_run_id, differs=estimate["differs"])))
    return {"final": run.id, "same": not differs, "differs": differs, "estimate": estimate}


def differences(run: FinalRun) -> list[str]:
    """What of the scorecards and the summary comes out otherwise when made again from the frozen values."""
    differs = []
    for row in scorecards(run):
        rulebook = rulebook_of(row)
        frozen = frozen_of(run)["areas"][row.area.code]
        if rulebook.digest != row.rulebook_digest:
            differs.append(str(Message("lines.rulebook_changed", area=row.area.name, rulebook=row.rulebook_id)))
            continue
        scored = scores(run.estimate_run)
        figure = satisfaction_then(row.area, estimate_of(run.estimate_run), frozen) if scored else None
        again = _plain(score(rulebook, row.values, figure, method_of(row.scorecard)).as_dict())
        if as_stored(again, row.scorecard) != row.scorecard:
            differs.append(str(Message("lines.of_scorecard", area=row.area.name)))
    held = frozen_of(run).get("readings")
    if held is not None:
        told = {stated["digest"] for row in scorecards(run) if (stated := card_of(row).get("readings"))}
        if not told - {""} <= {held["digest"]} or digest_of_rows(held["rows"]) != held["digest"]:
            differs.append(str(Message("lines.readings")))
    summary = _plain(_summary(scorecards(run), programme_of(run), frozen_of(run)["earlier_stars"]))
    return differs if as_stored(summary, run.summary) == run.summary else [*differs, str(Message("lines.summary"))]


def drift(run: FinalRun) -> list[str]:
    """Areas with the number of indicators whose accepted values have changed since: the run itself does not move."""
    found = []
    for row in scorecards(run):
        then = frozen_of(run)["areas"][row.area.code]["entries"]
        now = entries(row.area, row.rulebook_id, run.period)
        changed = [key for key, entry in now.items() if key not in then or then[key]["version"] != entry.version]
        if changed:
            found.append(f"{row.area.name}：{len(changed)}")
    return found


def _values(areas: Sequence[Area], period: Period, read: Read) -> dict[Area, tuple[Rulebook, Values]]:
    """The rulebook of each area and its values, beside those of its peers."""
    books = {area: rulebook_in(period, area) for area in areas}
    compared = with_peers_each(
        {area: (book, read(area, book.id, period)) for area, book in books.items()}, period, read
    )
    return {area: (book, compared[area]) for area, book in books.items()}


def _score(
    area: Area, rulebook: Rulebook, values: Values, estimate: EstimateRun, batch: str, points: list[Open]
) -> ScoringRun:
    card, values = _readable(rulebook, values, scored_satisfaction(area, estimate), area, points)
    return ScoringRun(
        batch=batch, area=area, estimate_run=estimate, rulebook_id=rulebook.id, rulebook_digest=rulebook.digest,
        code_version=code_version(), values=values, scorecard=_plain(card.as_dict()), demo=estimate.demo,
    )  # fmt: skip


def _readable(
    rulebook: Rulebook, values: Values, figure: Satisfaction | None, area: Area, points: list[Open]
) -> tuple[Scorecard, Values]:
    """The scorecard; values that cannot be read count as unknown and are said, so that a trial always comes through."""
    try:
        return score(rulebook, values, figure), values
    except ValuesError as error:
        kept = {number: dict(metrics) for number, metrics in values.items()}
        for number, metric, message in error.problems:
            kept.get(number, {}).pop(metric, None)
            points.append(Open("value_unreadable", area.name, f"{number} {metric}：{message}", str(number)))
        return score(rulebook, kept, figure), kept


def _frozen(
    areas: list[Area], scored: list[ScoringRun], estimate: EstimateRun, period: Period, programme: Programme
) -> Frozen:
    steps, held = sign_off.standing(f"estimate:{estimate.id}").steps, readings_in(period)
    return {
        "format": FINAL_FORMAT,
        "method": CURRENT.as_dict(),
        "period": period.code,
        "programme": programme.as_dict(),
        "rulebooks": {row.rulebook_id: row.rulebook_digest for row in scored},
        "estimate": {
            "run": estimate.id,
            "plan_digest": estimate.plan_digest,
            "definition_digest": estimate.definition_digest,
            "watermark": estimate.watermark,
            "flags_version": estimate.flags_version,
            "sign_off": [
                {"id": step.id, "step": step.step, "by": step.by, "at": step.at.isoformat(), "comment": step.comment}
                for step in steps
            ],
        },
        "earlier_stars": earlier_stars(areas[0], period.code),
        "readings": {"digest": held.digest, "rows": [*held.rows]},
        "areas": {area.code: _area(area, row.rulebook_id, period) for area, row in zip(areas, scored, strict=True)},
    }


def _area(area: Area, rulebook_id: str, period: Period) -> FrozenArea:
    """Which version of every value was taken, and who accepted it when."""
    return {
        "name": area.name,
        "values": [
            {"row": row.id, "indicator": row.indicator, "metric": row.metric, "version": row.version}
            for row in value_rows(area, rulebook_id, period)
        ],
        "entries": {
            key: {
                "state": entry.state,
                "version": entry.version,
                "submitted_by": entry.submitted_by,
                "verified_by": entry.verified_by,
                "verified_at": entry.verified_at.isoformat() if entry.verified_at else None,
            }
            for key, entry in entries(area, rulebook_id, period).items()
        },
    }


def _summary(scored: list[ScoringRun], programme: Programme, earlier: dict[str, str] | None) -> SummaryDocument:
    return summary_of_runs(scored, programme, earlier).as_dict()


def _plain(document: Any) -> Any:
    """As it will come back from the database."""
    return json.loads(json.dumps(document, default=float))
