"""Answers that another collector brings, a call at a time or in a file of its tool: checked and flagged as a citizen's
own, and stored once for each of its keys."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from questionnaires import Definition
from survey_app.answering.invitation_links import OpenInvitation, find_invitation
from survey_app.answering.open_sites import API, OpenSite, find_site
from survey_app.answering.submission import Finished, Receipt, finish, receipt_again
from survey_app.ground import keeping
from survey_app.ground.crypto import mac
from survey_app.ground.signing import naming_key
from wording import Refusal

LONGEST = timedelta(days=1)  # an interview
ERASED = "erased"  # the state of an answer that was brought once and then erased
NOT_ADMITTED = {"away": ("api.away", "started_at"), "full": ("api.full", "site")}
Given = str | int | float | bool | Sequence[str | int] | Mapping[str, str | int]


@dataclass(frozen=True)
class Interview:
    """What a collector sends. key: its own name of the interview; answers: question -> answer, of a matrix row -> answer.

    started_at is finished_at where nobody knows how long it took.
    """

    key: str
    site: str
    started_at: datetime
    finished_at: datetime
    language: str
    answers: Mapping[str, Given]
    invitation: str


class CollectedError(Refusal):
    """An interview that cannot be stored; nothing was. at: which part of it."""

    def __init__(self, key: str, at: str = "") -> None:
        super().__init__(key)
        self.at = at


@dataclass(frozen=True)
class Place:
    """Where an interview belongs, read before its transaction: who waits for his turn holds one connection, not two."""

    site: OpenSite
    invitation: OpenInvitation | None


def place_of(survey_id: int | None, sent: Interview, known: Mapping[str, OpenInvitation] | None = None) -> Place:
    """known: invitations by what was typed, where the caller has looked already. Raises CollectedError where the survey has
    no such site."""
    site = find_site(sent.site)
    if site is None or site.survey_id != survey_id:
        raise CollectedError("api.no_site", "site")
    find = find_invitation if known is None else known.get
    return Place(site, find(sent.invitation) if sent.invitation else None)


def ready(
    collector: str, place: Place, sent: Interview, source: Mapping[str, int], stored: Collection[str] | None = None
) -> Finished | Receipt:
    """Check one interview: its row, with `source` (which column of Response says what brought it), for `submission.store`;
    the first receipt again for a key that was sent before, one without a number where that answer was erased.

    stored: keys that are stored or were erased, where the caller has looked already. Without an unused invitation of the site it is stored
    and never of the sample. Raises CollectedError and what `submission.finish` raises.
    """
    site = place.site
    form, key = _form(site.definition, sent.answers), key_of(collector, site.survey_code, sent.key)
    if stored is None or key in stored:
        if earlier := receipt_again(site, form, key):
            return earlier
        if keeping.held(keeping.ERASED, [key]):
            return Receipt("", ERASED, repeated=True)
    if site.standing() != "open":
        raise CollectedError("api.not_open")
    begins = site.opens_at or datetime.min.replace(tzinfo=UTC)
    if not begins <= sent.finished_at <= datetime.now(UTC) or sent.started_at > sent.finished_at:
        raise CollectedError("api.moments", "finished_at")
    if sent.started_at < begins or sent.finished_at - sent.started_at > LONGEST:
        raise CollectedError("api.begins", "started_at")
    if (
        not sent.invitation and (admits := site.admits(sent.started_at)) != "open"
    ):  # as where a citizen is handed a form
        raise CollectedError(*NOT_ADMITTED.get(admits, ("api.not_open", "")))
    found = finish(
        site, form, key, sent.language, sent.started_at, finished_at=sent.finished_at, mode=API,
        invitation=_unused(place) if sent.invitation else None,
    )  # fmt: skip
    return found if isinstance(found, Receipt) else replace(found, row={**found.row, **source})


def key_of(collector: str, survey_code: str, key: str) -> str:
    """By the collector's name, so that a new key or another file of the same collector brings nothing twice."""
    return mac(naming_key(), f"api {survey_code} {collector} {key}").hex()[:32]


def fields_of(definition: Definition) -> set[str]:
    """The fields in which answers come: those of the form, and of a ranking its key alone, with the codes in order."""
    return {
        field
        for question in definition.questions
        for field in ((question.key,) if question.type == "ranking" else question.fields())
    }


def _form(definition: Definition, answers: Mapping[str, Given]) -> dict[str, list[str]]:
    """The fields of the form. Raises CollectedError for one that the questionnaire has not."""
    fields = fields_of(definition)
    flat: dict[str, Given] = {}
    for name, given in answers.items():
        flat |= {f"{name}__{row}": one for row, one in given.items()} if isinstance(given, Mapping) else {name: given}
    for name in flat:
        if name not in fields:
            raise CollectedError("api.unknown_field", f"answers.{name}")
    return {
        name: [str(given)] if isinstance(given, str | int | float) else [str(one) for one in given]
        for name, given in flat.items()
    }


def _unused(place: Place) -> OpenInvitation:
    """The invitation that was given. Raises CollectedError where it is none of this site's, or was used."""
    found, site = place.invitation, place.site
    if found is None or found.survey_id != site.survey_id or found.site_code != site.psu:
        raise CollectedError("api.no_invitation", "invitation")
    if found.spent:
        raise CollectedError("api.used_invitation", "invitation")
    return found
