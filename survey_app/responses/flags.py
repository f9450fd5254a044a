"""Flags on stored responses: made in a batch with their reasons, set or lifted by a person; the plan decides what
follows. Never on the respondent's path."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from sqlalchemy import func, insert, select, update

from analysis.quality_arrivals import arrivals
from analysis.quality_bursts import bursts
from analysis.quality_flags import Flag, duplicates, straight_lining, too_fast, under_floor
from survey_app.answering.definitions import definition_of
from survey_app.archives.places import archive_of
from survey_app.ground import audit
from survey_app.models import Response, ResponseFlag, Survey, db
from survey_app.responses.flag_reading import Answers, read_answers
from wording import Refusal

BATCH = "batch"
PERSON = "person"


class FlagError(Refusal):
    """A flag that cannot be set or lifted, in the user's words."""


def flag_new(survey: Survey) -> dict[str, int]:
    """As `flag_responses`, at once done where no response has come since the last batch. The caller commits."""
    newest = db.session.scalar(select(func.max(Response.id)).where(Response.survey_id == survey.id)) or 0
    return flag_responses(survey) if newest > survey.flags_watermark else {}


def flag_responses(survey: Survey) -> dict[str, int]:
    """Look through all complete responses and store what is new; gives kind -> number. The caller commits.

    A flag that is there, standing or lifted, is left as it is, so the batch can run as often as one likes.
    """
    if archive_of(survey.id) is not None:
        raise FlagError("archives.only_read")
    read = read_answers(survey, definition_of(survey))
    if not len(read.ids):
        return {}
    survey.flags_watermark = max(survey.flags_watermark, int(read.ids[-1]))
    kinds = select(ResponseFlag.response_id, ResponseFlag.kind).join(Response).where(Response.survey_id == survey.id)
    there = {(row.response_id, row.kind) for row in db.session.execute(kinds)}
    moment = datetime.now(UTC)
    new: dict[tuple[int, str], dict[str, object]] = {}
    for flag in _found(read):
        key = (int(read.ids[flag.position]), flag.kind)
        if key not in there and key not in new:
            new[key] = {
                "response_id": key[0], "kind": flag.kind, "score": flag.score, "zh": flag.zh, "en": flag.en,
                "made_at": moment, "made_by": BATCH,
            }  # fmt: skip
    if new:
        db.session.execute(insert(ResponseFlag), list(new.values()))
        for part in _parts(sorted({response for response, _ in new})):
            db.session.execute(update(Response).where(Response.id.in_(part)).values(flagged=True))
        _changed(survey)
    made = dict(sorted(Counter(kind for _, kind in new).items()))
    audit.record("flags.batch", f"survey:{survey.code}", after={"made": made, "version": survey.flags_version})
    return made


def set_flag(response: Response, reason: str, by: str) -> ResponseFlag:
    """A person's own flag, with the reason. Raises FlagError. The caller commits."""
    reason = _reason(reason)
    if standing(response.id):
        raise FlagError("responses.response_flagged_already")
    flag = db.session.scalar(
        select(ResponseFlag).where(ResponseFlag.response_id == response.id, ResponseFlag.kind == PERSON)
    )
    if flag is None:
        flag = ResponseFlag(response_id=response.id, kind=PERSON)
        db.session.add(flag)
    flag.score, flag.zh, flag.en, flag.made_at, flag.made_by = 1.0, reason, reason, datetime.now(UTC), by
    flag.lifted_at = flag.lifted_by = flag.lifted_reason = None
    flag.confirmed_at, flag.confirmed_by = flag.made_at, by  # a person has decided it by setting it
    _apply(response, True, "flag.set", reason)
    return flag


def lift_flags(response: Response, reason: str, by: str) -> int:
    """Lift every standing flag of a response, with the reason; gives how many. Raises FlagError. The caller commits."""
    reason = _reason(reason)
    flags = standing(response.id)
    if not flags:
        raise FlagError("responses.response_not_flagged")
    for flag in flags:
        flag.lifted_at, flag.lifted_by, flag.lifted_reason = datetime.now(UTC), by, reason
    _apply(response, False, "flag.lift", reason)
    return len(flags)


def confirm_flags(response: Response, reason: str, by: str) -> int:
    """Say that the standing flags of a response stand; gives how many. Raises FlagError. The caller commits."""
    reason = _reason(reason)
    flags = [flag for flag in standing(response.id) if flag.confirmed_at is None]
    for flag in flags:
        flag.confirmed_at, flag.confirmed_by = datetime.now(UTC), by
    if flags:
        survey = db.session.get_one(Survey, response.survey_id)
        after = {"response": response.id, "flags": len(flags)}
        audit.record("flag.confirm", f"survey:{survey.code}", after=after, reason=reason)
    return len(flags)


def standing(response_id: int) -> list[ResponseFlag]:
    query = select(ResponseFlag).where(ResponseFlag.response_id == response_id, ResponseFlag.lifted_at.is_(None))
    return list(db.session.scalars(query))


def _found(read: Answers) -> Iterator[Flag]:
    yield from too_fast(read.seconds)
    yield from under_floor(read.seconds)
    yield from arrivals(read.site, read.finished, read.seconds, read.clocked)
    for matrix in read.matrices:
        yield from straight_lining(matrix)
    yield from duplicates(read.site, read.finished, read.codes)
    yield from bursts(read.site, read.finished, read.seconds, read.codes)
    yield from read.signs


def _apply(response: Response, flagged: bool, action: str, reason: str) -> None:
    survey = db.session.get_one(Survey, response.survey_id)
    before, response.flagged = response.flagged, flagged
    _changed(survey)
    audit.record(
        action, f"survey:{survey.code}", {"flagged": before}, {"flagged": flagged, "response": response.id}, reason
    )


def _changed(survey: Survey) -> None:
    survey.flags_version += 1


def _reason(reason: str) -> str:
    if not reason.strip():
        raise FlagError("responses.reason_needed")
    return reason.strip()[:500]


def _parts(ids: Sequence[int], size: int = 500) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), size):
        yield ids[start : start + size]
