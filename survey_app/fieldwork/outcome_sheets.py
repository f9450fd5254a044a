"""What a fieldworker brings back from one site: outcomes of several persons, written down together or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from survey_app.answering.dispositions import BY_CODE, INTERVIEWS, read_disposition
from survey_app.answering.invitation_codes import written_serial
from survey_app.answering.invitation_links import SPENT
from survey_app.ground import audit
from survey_app.models import Invitation, Site, db
from wording import Message, Refusal, Text

MOST_ATTEMPTS = 20


@dataclass(frozen=True)
class SheetLine:
    """One person's line as typed: the outcome's code or name ('': none yet) and how many attempts were made."""

    serial: int
    outcome: str
    attempts: str


class SheetError(Refusal):
    """A sheet with mistakes; nothing was stored. `errors`: serial -> what is wrong; 0: the day."""

    def __init__(self, errors: dict[int, Text]) -> None:
        super().__init__(errors.values())
        self.errors = errors


def record_sheet(site: Site, lines: Sequence[SheetLine], day: date) -> int:
    """Write down every line in which something is typed, attempts added to those before; gives how many.

    Raises SheetError with all mistakes; the caller commits, or rolls back then. An interview is no outcome here: it comes with its answers.
    """
    typed = [line for line in lines if line.outcome.strip() or line.attempts.strip() not in ("", "0")]
    errors: dict[int, Text] = {}
    if day > datetime.now(ZoneInfo(site.survey.time_zone)).date():
        errors[0] = Message("fieldwork.day_future")
    if not typed and not errors:
        return 0
    audit.record("invitation.outcomes", f"site:{site.code}", after={"lines": len(typed), "day": str(day)})
    query = select(Invitation).where(Invitation.site_id == site.id).with_for_update()
    found = {invitation.serial: invitation for invitation in db.session.scalars(query)}
    for line in typed:
        wrong = _wrong(found.get(line.serial), line)
        if wrong:
            errors[line.serial] = wrong
            continue
        invitation = found[line.serial]
        attempts = int(line.attempts.strip() or 1)
        before = {"disposition": invitation.disposition, "attempts": invitation.attempts}
        invitation.disposition = read_disposition(line.outcome) or invitation.disposition
        invitation.attempts += attempts
        invitation.last_attempt_on = day if attempts else invitation.last_attempt_on
        after = {"disposition": invitation.disposition, "attempts": invitation.attempts}
        subject = f"invitation:{site.survey.code}/{written_serial(line.serial)}"
        audit.record("invitation.outcome", subject, before, after)
    if errors:
        raise SheetError(errors)
    return len(typed)


def _wrong(invitation: Invitation | None, line: SheetLine) -> Text:
    if invitation is None:
        return Message("fieldwork.no_such_number_on")
    if invitation.state == SPENT:
        return Message("fieldwork.person_answered")
    if line.outcome.strip():
        code = read_disposition(line.outcome)
        if code is None:
            return Message("fieldwork.no_such_outcome", line_outcome=line.outcome.strip()[:20])
        if BY_CODE[code].group in INTERVIEWS:
            return Message("fieldwork.interview_comes_its_answers")
    attempts = line.attempts.strip()
    if attempts and not (attempts.isascii() and attempts.isdigit() and int(attempts) <= MOST_ATTEMPTS):
        return Message("fieldwork.attempts", most_attempts=MOST_ATTEMPTS)
    return ""
