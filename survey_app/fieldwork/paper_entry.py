"""Keying a paper form: the same checks as the phone; where the survey asks for it, twice by two people.

A form that was keyed twice and differs becomes a response only when someone has settled every difference. The caller commits,
or rolls back where anything is raised.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, select

from questionnaires import Definition, check_answers
from survey_app.answering.definitions import definition_of
from survey_app.answering.invitation_links import SPENT, OpenInvitation
from survey_app.answering.open_sites import open_site
from survey_app.answering.staffed_days import moment_of
from survey_app.answering.submission import AnswersRefusedError, InvitationUsedError, Receipt, submit
from survey_app.ground import audit
from survey_app.ground.persons import unsettled
from survey_app.models import Invitation, PaperEntry, Survey, db
from wording import Refusal

Form = Mapping[str, Sequence[str]]
PAPER = "paper"


class EntryError(Refusal):
    """What cannot be keyed, in the user's words. Nothing was stored."""


@dataclass(frozen=True)
class Difference:
    """A form field two people keyed differently."""

    field: str
    first: tuple[str, ...]
    second: tuple[str, ...]


@dataclass(frozen=True)
class Keyed:
    """What became of a keying: stored as a response (with its receipt), waiting for the second, or differing."""

    state: str  # stored | waiting | differs
    receipt: Receipt | None = None


def key_form(invitation: Invitation, form: Form, day: date, operator: str, language: str = "zh") -> Keyed:
    """Take one keying. Raises EntryError, DayError, AnswersRefusedError, SurveyNotOpenError, InvitationUsedError."""
    survey = invitation.survey
    _require_unspent(invitation)
    kept = own_fields(definition_of(survey), form)
    checked = check_answers(definition_of(survey), kept)
    if checked.errors:
        raise AnswersRefusedError(checked.errors)
    moment_of(survey, day)
    if not survey.double_entry:
        return Keyed("stored", _store(invitation, kept, day, operator, language))
    before = entries(invitation)
    if any(entry.operator == operator for entry in before):
        raise EntryError("fieldwork.second_keying_made_another")
    if name := before and unsettled(operator, [entry.operator for entry in before]):
        raise EntryError("ground.person_unsettled", name=name)
    if len(before) == 2:
        raise EntryError("fieldwork.both_keyings_settle_differences")
    audit.record("entry.key", f"survey:{survey.code}", after={"site": invitation.site.code, "keying": len(before) + 1})
    entry = PaperEntry(
        invitation=invitation,
        place=len(before) + 1,
        operator=operator,
        form=kept,
        language=language,
        interviewed_on=day,
    )
    db.session.add(entry)
    db.session.flush()
    if not before:
        return Keyed("waiting")
    if before[0].form == kept and before[0].interviewed_on == day:
        return Keyed("stored", _store(invitation, kept, day, operator, language))
    return Keyed("differs")


def entries(invitation: Invitation) -> list[PaperEntry]:
    """The keyings that wait, in their order."""
    query = select(PaperEntry).where(PaperEntry.invitation_id == invitation.id).order_by(PaperEntry.place)
    return list(db.session.scalars(query))


def waiting(survey: Survey) -> list[tuple[Invitation, list[PaperEntry]]]:
    """Every form of a survey that is keyed but not yet a response."""
    query = select(PaperEntry).join(Invitation).where(Invitation.survey_id == survey.id)
    found: dict[Invitation, list[PaperEntry]] = {}
    for entry in db.session.scalars(query.order_by(Invitation.serial, PaperEntry.place)):
        found.setdefault(entry.invitation, []).append(entry)
    return list(found.items())


def differences(first: PaperEntry, second: PaperEntry) -> list[Difference]:
    """The fields that differ, in the order of the keyed forms."""
    names = list(dict.fromkeys([*first.form, *second.form]))
    found = [
        Difference(name, tuple(first.form.get(name, ())), tuple(second.form.get(name, ())))
        for name in names
        if first.form.get(name, []) != second.form.get(name, [])
    ]
    if first.interviewed_on != second.interviewed_on:
        days = [(str(entry.interviewed_on),) for entry in (first, second)]
        found.append(Difference("_day", *days))
    return found


def settle(invitation: Invitation, chosen: Mapping[str, int], operator: str) -> Receipt:
    """Make the response, taking each differing field from keying 1 or 2. Raises EntryError and those of `key_form`."""
    _require_unspent(invitation)
    both = entries(invitation)
    if len(both) != 2:
        raise EntryError("fieldwork.not_two_keyings_compare")
    differing = [each.field for each in differences(*both)]
    if any(chosen.get(name) not in (1, 2) for name in differing):
        raise EntryError("fieldwork.choose_one_keying_for")
    form = dict(both[0].form)
    for name in differing:
        values = both[chosen[name] - 1].form.get(name, [])
        form.pop(name, None)
        if values and name != "_day":
            form[name] = values
    day = both[chosen.get("_day", 1) - 1].interviewed_on
    return _store(invitation, form, day, operator, both[0].language)


def discard(invitation: Invitation) -> None:
    """Forget both keyings, to begin again."""
    audit.record("entry.discard", f"survey:{invitation.survey.code}", after={"site": invitation.site.code})
    db.session.execute(delete(PaperEntry).where(PaperEntry.invitation_id == invitation.id))


def own_fields(definition: Definition, form: Form) -> dict[str, list[str]]:
    """Only the questionnaire's fields, without empty values."""
    names = [name for question in definition.questions for name in question.fields()]
    found = {name: [value.strip() for value in form.get(name, ()) if value.strip()] for name in names}
    return {name: values for name, values in found.items() if values}


def _store(invitation: Invitation, form: Form, day: date, operator: str, language: str) -> Receipt:
    """The response, the end of its keyings, and who keyed it, in one transaction.

    The trail names the site, never the number of the form: numbers in order would lead to the responses.
    """
    survey, moment = invitation.survey, moment_of(invitation.survey, day)
    receipt = submit(
        open_site(invitation.site), form, secrets.token_hex(12), language, moment, finished_at=moment, mode=PAPER,
        invitation=OpenInvitation.of(invitation),
    )  # fmt: skip
    db.session.execute(delete(PaperEntry).where(PaperEntry.invitation_id == invitation.id))
    after = {"site": invitation.site.code, "mode": PAPER, "operator": operator}
    audit.record("entry.store", f"survey:{survey.code}", after=after)
    return receipt


def _require_unspent(invitation: Invitation) -> None:
    if invitation.state == SPENT:
        raise InvitationUsedError
