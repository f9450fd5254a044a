"""What a fieldworker brings back from one site: outcomes of several persons, written down together or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from survey_app.answering.invitation_codes import written_serial
from survey_app.answering.invitation_links import SPENT
from survey_app.fieldwork.dispositions import BY_CODE, INTERVIEWS, read_disposition
from survey_app.ground import audit
from survey_app.models import Invitation, Site, db

MOST_ATTEMPTS = 20


@dataclass(frozen=True)
class SheetLine:
    """One person's line as typed: the outcome's code or name ('': none yet) and how many attempts were made."""

    serial: int
    outcome: str
    attempts: str


class SheetError(ValueError):
    """A sheet with mistakes; nothing was stored. `errors`: serial -> what is wrong, in both languages; 0: the day."""

    def __init__(self, errors: dict[int, str]) -> None:
        super().__init__(f"{len(errors)} lines refused")
        self.errors = errors


def record_sheet(site: Site, lines: Sequence[SheetLine], day: date) -> int:
    """Write down every line in which something is typed, attempts added to those before; gives how many.

    Raises SheetError with all mistakes; the caller commits, or rolls back then. An interview is no outcome here: it comes with its answers.
    """
    typed = [line for line in lines if line.outcome.strip() or line.attempts.strip() not in ("", "0")]
    errors: dict[int, str] = {}
    if day > datetime.now(ZoneInfo(site.survey.time_zone)).date():
        errors[0] = "日期不能在将来 (the day is in the future)"
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


def _wrong(invitation: Invitation | None, line: SheetLine) -> str:
    if invitation is None:
        return "名单上没有这个编号 (there is no such number on the list)"
    if invitation.state == SPENT:
        return "这一位已经完成 (this person has answered)"
    if line.outcome.strip():
        code = read_disposition(line.outcome)
        if code is None:
            return f"没有访问结果“{line.outcome.strip()[:20]}” (no such outcome)"
        if BY_CODE[code].group in INTERVIEWS:
            return "完成的访问随答案记录，不在这里填 (an interview comes with its answers)"
    attempts = line.attempts.strip()
    if attempts and not (attempts.isascii() and attempts.isdigit() and int(attempts) <= MOST_ATTEMPTS):
        return f"联系次数为0至{MOST_ATTEMPTS} (attempts: 0 to {MOST_ATTEMPTS})"
    return ""
