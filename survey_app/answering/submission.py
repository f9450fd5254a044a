"""Check a citizen's answers and store them; who calls commits, and shows no receipt before (pages/storing.py)."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select

from questionnaires import Definition, arranged, check_answers, order_of, with_sections_arranged
from questionnaires.answers import Checked, was_shown
from questionnaires.definition import MINOR
from survey_app.answering import invitation_links, just_stored, privacy
from survey_app.answering.after_close import HELD, LATE, QUARANTINED, state_after_close
from survey_app.answering.by_driver import FINISHED, by_driver
from survey_app.answering.drafts import drop_draft, keeps_drafts
from survey_app.answering.erasure import RULE, SEALED
from survey_app.answering.invitation_links import OpenInvitation
from survey_app.answering.masking import screened
from survey_app.answering.open_sites import STAFFED, OpenSite
from survey_app.answering.quotas import take_places
from survey_app.archives.places import finished_at
from survey_app.models import Response, db

RECEIPT_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # 32 characters, no look-alikes
SCREENED_OUT = "screened_out"
TRAP = "website"  # a field that people do not see and programs fill; it only raises a flag
COMPLETE = "complete"
INTERVIEWED, NOT_ELIGIBLE, QUOTA_FILLED = "1.1", "4.70", "4.80"  # AAPOR's codes
STORE = insert(Response.__table__)  # type: ignore[arg-type]  # a Table; Core spares the ORM's bookkeeping


@dataclass(frozen=True)
class Receipt:
    """What the citizen keeps. `ended`: the screen or quota that ended it.

    `repeated`: stored before; `changed`: and what was sent now says something else, which is not stored.
    """

    number: str
    state: str
    ended: str = ""
    repeated: bool = False
    changed: bool = False


class AnswersRefusedError(ValueError):
    """Answers that cannot be stored; `errors` maps form fields to message keys. Nothing was stored."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(f"{len(errors)} answers refused")
        self.errors = dict(errors)


class SurveyNotOpenError(ValueError):
    """The survey takes no answers now; `standing` says why."""

    def __init__(self, standing: str) -> None:
        super().__init__(standing)
        self.standing = standing


class InvitationUsedError(ValueError):
    """The invitation was spent by another response. Nothing was stored."""


@dataclass(frozen=True)
class Finished:
    """Checked answers with the row that stores them. late: brought after the close of an official survey."""

    site: OpenSite
    checked: Checked
    row: Mapping[str, object]
    invitation: OpenInvitation | None
    late: bool
    in_quotas: bool
    took_back: str  # the receipt of the erased answer whose place it takes

    @property
    def plain(self) -> bool:
        """Whether its row is all that is to be stored."""
        return not (self.invitation or self.took_back or self.in_quotas) and not keeps_drafts(self.site.definition)

    @property
    def receipt(self) -> Receipt:
        return Receipt(str(self.row["receipt"]), str(self.row["state"]), self.checked.ended)

    def without_place(self, quota: str) -> Finished:
        """The same where the quota was full."""
        kept = cast(dict[str, object], self.row["answers"])
        row = {**self.row, "state": SCREENED_OUT, "answers": kept | {"_ended": quota}}
        return replace(self, checked=replace(self.checked, screened_out=True, ended=quota), row=row)


def submit(
    site: OpenSite, form: Mapping[str, Sequence[str]], submission_key: str, language: str, started_at: datetime,
    **how: Any,
) -> Receipt:  # fmt: skip
    """Check and store one submission in the caller's transaction. Nothing counts as acknowledged until its commit.

    `how` and what is raised: as `finish` has them; InvitationUsedError, and IntegrityError where the key is stored
    already; the caller then rolls back.
    """
    ready = finish(site, form, submission_key, language, started_at, **how)
    return ready if isinstance(ready, Receipt) else store(ready)


def finish(
    site: OpenSite, form: Mapping[str, Sequence[str]], submission_key: str, language: str, started_at: datetime,
    *, finished_at: datetime | None = None, mode: str = "web", invitation: OpenInvitation | None = None,
    again: int = 0, unripe: int = 0, quarantine: bool = False, device_id: int | None = None, took_back: str = "",
) -> Finished | Receipt:  # fmt: skip
    """Check one submission and make its row; the receipt where it is stored already and its time is over.

    `invitation` is spent where it is stored; of those who share one, the first is stored. Without it, an
    answer through the open code of a site that invites is stored, but not as part of the sample. What a tablet, a paper
    form or a file brings of an official survey after its close counts or is late (after_close.py).
    `quarantine`: it waits for a person's decision.
    `took_back`: the receipt of the erased answer in whose place this one comes; it counts in the sample as that one did.
    `again`: complete answers the same browser has sent before; `unripe`: the delay the form did not wait for. A batch
    may flag both later.
    Raises AnswersRefusedError, SurveyNotOpenError or InvitationUsedError.
    """
    standing, late = site.standing(finished_at), False
    if mode in HELD and site.standing() == "closed":
        state = state_after_close(site.survey_id, finished_at or datetime.now(UTC))
        standing, late = ("open" if state else standing), state == LATE
    if standing != "open":
        earlier = receipt_again(site, form, submission_key)
        if earlier:
            return earlier
        raise SurveyNotOpenError(standing)
    renewing = invitation_links.may_renew(site.survey_id, took_back) if took_back else None
    if (invitation is not None and invitation.spent) or renewing is False:
        earlier = receipt_again(site, form, submission_key)  # where it was this very submission that spent it
        if earlier:
            return earlier
        raise InvitationUsedError
    checked = check_answers(with_sections_arranged(site.definition, submission_key), form, _today(site))
    if checked.errors and site.definition.random:  # the row or rank that is wrong first, as it was shown
        checked = check_answers(arranged(site.definition, submission_key), form, _today(site))
    left_open = {} if mode in STAFFED else dict.fromkeys(checked.left_open, "left_open")
    if checked.errors or left_open:
        raise AnswersRefusedError({**left_open, **checked.errors})
    state = SCREENED_OUT if checked.screened_out else QUARANTINED if quarantine else LATE if late else COMPLETE
    home = _column(site, checked.answers, "home_county")
    if home not in site.rated_county:
        home = None
    asked = site.definition.columns.get("measure", "")
    measure = checked.answers.get(asked)
    sampled = site.samples(mode, invitation is not None or renewing is not None)
    row = {
        "survey_id": site.survey_id,
        "site_id": site.site_id,
        "questionnaire_id": site.questionnaire_id,
        "submission_key": submission_key,
        "receipt": "".join([RECEIPT_ALPHABET[byte & 31] for byte in secrets.token_bytes(10)]),
        "state": state,
        "mode": mode,
        "device_id": device_id,
        "language": language,
        "answers": {
            **screened(site.definition, checked.answers),
            **_about(site, checked, submission_key, form, again, unripe),
        },
        "started_at": started_at,
        "finished_at": finished_at or datetime.now(UTC),
        "probability": sampled,
        "stratum": site.stratum if sampled else None,
        "psu": site.psu,
        "site_county": site.county,
        "home_county": home,
        "rated_county": site.rated_county.get(home or "") or None,
        "sex": _column(site, checked.answers, "sex"),
        "age_band": _column(site, checked.answers, "age_band"),
        "measure": measure if isinstance(measure, int) else None,
        "measure_missing": None if measure is not None else _why_missing(site.definition, asked, checked.answers),
        "demo": site.demo,
        "flagged": False,
    }
    in_quotas = bool(site.definition.quotas) and state == COMPLETE
    return Finished(site, checked, row, invitation, late, in_quotas, took_back if renewing else "")


def store(ready: Finished) -> Receipt:
    """Store what is ready in the caller's transaction. Raises InvitationUsedError, SurveyNotOpenError, IntegrityError."""
    site, disposition = ready.site, ""
    if ready.in_quotas:
        full = take_places(site.survey_id, site.definition, ready.checked.answers)
        if full:
            ready, disposition = ready.without_place(full), QUOTA_FILLED
    if ready.took_back:
        _store_renewed(site, ready.row, ready.took_back)
    elif ready.invitation is None:
        db.session.execute(STORE, ready.row)
    else:
        _store_for(ready.invitation, ready.row, disposition, ready.late)
    if keeps_drafts(site.definition):
        drop_draft(str(ready.row["submission_key"]))
    return ready.receipt


def _today(site: OpenSite) -> date:
    return datetime.now(ZoneInfo(site.time_zone)).date()


def _about(
    site: OpenSite, checked: Checked, submission_key: str, form: Mapping[str, Sequence[str]], again: int, unripe: int
) -> dict[str, object]:
    """What is stored beside the answers: the versions of consent and privacy notice, the random order, how it ended, attention, the trap.

    `again`: complete answers this browser has sent from here before, by its own cookie; `unripe`: seconds.
    """
    about: dict[str, object] = {"_consent": site.definition.consent.version}
    if checked.ended == MINOR:
        return about | {"_ended": MINOR}
    about["_privacy"] = privacy.version()
    if site.seals_erased:
        about[RULE] = SEALED
    if site.definition.random:
        about["_order"] = order_of(site.definition, submission_key)
    if checked.ended:
        about["_ended"] = checked.ended
    if checked.inattentive:
        about["_inattentive"] = list(checked.inattentive)
    if any(value.strip() for value in form.get(TRAP, ())):
        about["_trap"] = True
    if again:
        about["_again"] = again
    if unripe:
        about["_unripe"] = unripe
    return about


def _store_for(invitation: OpenInvitation, row: Mapping[str, object], disposition: str, late: bool) -> None:
    """Spend the invitation, store the response, and link the two under the survey's key, which a late one has no more."""
    disposition = disposition or (NOT_ELIGIBLE if row["state"] == SCREENED_OUT else INTERVIEWED)
    if not invitation_links.spend(invitation, disposition):
        raise InvitationUsedError
    stored = db.session.execute(STORE, row)
    if not invitation_links.link(invitation, stored.inserted_primary_key[0]) and not late:  # type: ignore[attr-defined]
        raise SurveyNotOpenError("closed")


def _store_renewed(site: OpenSite, row: Mapping[str, object], took_back: str) -> None:
    """Store the response in the place of the erased one. The invitation's outcome stays, or the list would tell on whom."""
    stored = db.session.execute(STORE, row)
    if not invitation_links.renew(site.survey_id, took_back, stored.inserted_primary_key[0]):  # type: ignore[attr-defined]
        raise InvitationUsedError


def _column(site: OpenSite, answers: Mapping[str, object], column: str) -> str | None:
    answer = answers.get(site.definition.columns.get(column, ""))
    return answer if isinstance(answer, str) else None


def _why_missing(definition: Definition, asked: str, answers: Mapping[str, object]) -> str:
    return "skipped" if was_shown(definition, asked, answers) else "not_shown"


def receipt_of(submission_key: str) -> Receipt | None:
    """The receipt of the response stored under this key, if there is one."""
    found = _stored(submission_key)
    return Receipt(found.receipt, found.state, found.answers.get("_ended", ""), repeated=True) if found else None


def answered_on(site: OpenSite, number: str) -> date | None:
    """The day, by the survey's clock, of the answer with this receipt number; None where it is not stored (any more).

    Who has just answered looks at once, at the worker that stored it, which need not ask the database: the first time within
    three seconds. Raises ArchivedError where it lies in an archive that cannot be read.
    """
    moment = just_stored.told(number)
    try:
        moment = moment or by_driver().finished_at(number)
    except Exception:  # the usual way tries again, and says why
        moment = db.session.scalar(FINISHED, {"number": number})
    if moment is None and (archived := finished_at(number, site.survey_id)):
        moment = datetime.fromtimestamp(archived[1], UTC)
    return moment.astimezone(ZoneInfo(site.time_zone)).date() if moment else None


def receipt_again(site: OpenSite, form: Mapping[str, Sequence[str]], submission_key: str) -> Receipt | None:
    """The same for a form that is sent again, which may say something else by now."""
    found = _stored(submission_key)
    if not found:
        return None
    sent = screened(
        site.definition,
        check_answers(with_sections_arranged(site.definition, submission_key), form, _today(site)).answers,
    )
    kept = {key: answer for key, answer in found.answers.items() if not key.startswith("_")}
    changed = found.state == COMPLETE and json.loads(json.dumps(sent)) != kept
    return Receipt(found.receipt, found.state, found.answers.get("_ended", ""), repeated=True, changed=changed)


def _stored(submission_key: str) -> Any:
    query = select(Response.receipt, Response.state, Response.answers)
    return db.session.execute(query.where(Response.submission_key == submission_key)).first()
