"""Questionnaires being written in the console: a draft with every state it was in, apart from what any survey asks.

A draft becomes a version only by being stored, through the same checks and rules as an uploaded file. The caller commits.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import defer

from definitions import DefinitionError, digest
from definitions.names import clean
from questionnaires.editing.steps import begin, document, text_of
from survey_app.ground import audit
from survey_app.models import DraftStep, QuestionnaireDraft, QuestionnaireVersion, db
from survey_app.models.base import now
from survey_app.surveys import questionnaire_versions
from wording import Message, Refusal, Text, of_column, to_column

MOST_STEPS = 300  # states of one draft; the oldest go
TOGETHER = timedelta(seconds=60)  # typing within one piece is one step back
MOST_NAME = 80


class DraftError(Refusal):
    """What cannot be done to a draft, in the user's words."""


def start(title_zh: str, title_en: str) -> QuestionnaireDraft:
    """A draft of a new questionnaire. Raises DraftError."""
    title = clean(title_zh)
    if not title:
        raise DraftError("questionnaires.draft_needs_title")
    identifier = "-".join(re.findall("[a-z0-9]+", title_en.lower()))[:40] or "questionnaire"
    return _begun(title, begin(title, clean(title_en), identifier), None)


def start_from(version: QuestionnaireVersion) -> QuestionnaireDraft:
    """A draft that begins as this version is, word for word. Raises DraftError for what only an earlier release could read."""
    try:
        document(version.body)
    except DefinitionError as error:
        raise DraftError("questionnaires.draft_cannot_begin", said=error) from error
    return _begun(version.name, version.body, version)


def drafts() -> list[QuestionnaireDraft]:
    """Every draft, the one changed last first."""
    return list(db.session.scalars(select(QuestionnaireDraft).order_by(QuestionnaireDraft.changed_at.desc())))


def body_of(draft: QuestionnaireDraft) -> str:
    """The YAML of the draft as it is."""
    return step_of(draft, draft.step).body


def step_of(draft: QuestionnaireDraft, number: int) -> DraftStep:
    """One of its states. Raises DraftError."""
    found = db.session.get(DraftStep, (draft.id, number))
    if found is None:
        raise DraftError("questionnaires.draft_no_step")
    return found


def steps(draft: QuestionnaireDraft) -> Sequence[DraftStep]:
    """Every state that is kept, the newest first; those above the draft's own were taken back."""
    query = select(DraftStep).where(DraftStep.draft_id == draft.id).order_by(DraftStep.number.desc())
    return list(db.session.scalars(query.options(defer(DraftStep.body))))


def change(draft: QuestionnaireDraft, revision: int, body: str, said: Text) -> None:
    """The draft now says `body`. Raises DraftError where somebody changed it since `revision` was shown.

    What the same person types into the same piece within a minute is one step; what had been taken back goes.
    """
    document(body)
    if body == body_of(draft):
        return
    _turn(draft, revision)
    last, words, person = step_of(draft, draft.step), to_column(said), audit.actor()
    later = DraftStep.number > draft.step
    taken_back = bool(db.session.execute(delete(DraftStep).where(DraftStep.draft_id == draft.id, later)).rowcount)  # type: ignore[attr-defined]  # of a DELETE
    typing = isinstance(said, Message) and said.key == "questionnaires.draft_changed"
    fresh = last.made_at > now() - TOGETHER
    if typing and fresh and not taken_back and draft.step > 1 and (last.said, last.made_by) == (words, person):
        last.body, last.made_at = body, now()
    else:
        draft.step += 1
        db.session.add(DraftStep(draft_id=draft.id, number=draft.step, body=body, said=words, made_by=person))
        old = DraftStep.number <= draft.step - MOST_STEPS
        db.session.execute(delete(DraftStep).where(DraftStep.draft_id == draft.id, old))
    db.session.flush()


def go_to(draft: QuestionnaireDraft, revision: int, number: int) -> Text:
    """Back to a step, or forward again; gives what is undone or done again. Raises DraftError."""
    said = step_of(draft, max(number, draft.step)).said
    step_of(draft, number)
    _turn(draft, revision)
    draft.step = number
    db.session.flush()
    return of_column(said)


def store(draft: QuestionnaireDraft, revision: int, version: str) -> QuestionnaireVersion:
    """The draft as a version that surveys can ask; the draft stays, and goes on from it. Raises DefinitionError, DraftError."""
    body = body_of(draft)
    if revision != draft.revision:
        raise DraftError("questionnaires.draft_changed_meanwhile")
    data = document(body)
    if version and str(data.get("version")) != version:
        body = text_of(body, {**data, "version": version})
    stored = questionnaire_versions.store(body, draft.name)
    change(draft, revision, body, Message("questionnaires.draft_stored", version=version))
    draft.base_id = stored.id
    return stored


def next_version(draft: QuestionnaireDraft) -> str:
    """The version as the draft says it; where a stored questionnaire of its id has it and says something else, the next number."""
    body = body_of(draft)
    data, stored = document(body), questionnaire_versions.versions()
    said = str(data.get("version") or "1")
    if any(each.digest == digest(body) for each in stored):
        return said
    taken = {held.version for each in stored if (held := questionnaire_versions.definition(each)).id == data.get("id")}
    while said in taken:
        found = re.fullmatch(r"(.*?)(\d+)", said)
        said = f"{found[1]}{int(found[2]) + 1}" if found else f"{said}-2"
    return said


def remove(draft: QuestionnaireDraft) -> None:
    """Throw the draft away; versions stored from it stay."""
    audit.record("draft.remove", f"questionnaire:{draft.name}")
    db.session.execute(delete(DraftStep).where(DraftStep.draft_id == draft.id))
    db.session.delete(draft)
    db.session.flush()


def last_kept(draft: QuestionnaireDraft) -> tuple[int | None, int | None]:
    """The step before and the step after the draft's own, None where there is none."""
    query = select(func.max(DraftStep.number)).where(DraftStep.draft_id == draft.id)
    before = db.session.scalar(query.where(DraftStep.number < draft.step))
    after = db.session.get(DraftStep, (draft.id, draft.step + 1))
    return before, after.number if after else None


def _begun(name: str, body: str, base: QuestionnaireVersion | None) -> QuestionnaireDraft:
    person = audit.actor()
    draft = QuestionnaireDraft(name=name[:MOST_NAME], base_id=base.id if base else None, step=1, created_by=person)
    db.session.add(draft)
    db.session.flush()
    said = to_column(Message("questionnaires.draft_begun"))
    db.session.add(DraftStep(draft_id=draft.id, number=1, body=body, said=said, made_by=person))
    audit.record("draft.create", f"questionnaire:{draft.name}", after={"name": name})
    return draft


def _turn(draft: QuestionnaireDraft, revision: int) -> None:
    """Take the draft for one change: of two that were made on the same page only the first is."""
    if revision != draft.revision:
        raise DraftError("questionnaires.draft_changed_meanwhile")
    mine = (QuestionnaireDraft.id == draft.id, QuestionnaireDraft.revision == revision)
    changed = update(QuestionnaireDraft).where(*mine).values(revision=revision + 1, changed_at=now())
    if db.session.execute(changed).rowcount != 1:  # type: ignore[attr-defined]  # of an UPDATE
        raise DraftError("questionnaires.draft_changed_meanwhile")
    db.session.refresh(draft)
