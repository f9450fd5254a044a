"""Questionnaires that can be asked: those supplied and the stored versions; upload with every error, and comparison."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from sqlalchemy import select

from analysis.scoring.loading import NoProgrammeError
from analysis.scoring.programme_files import QUESTIONNAIRE, all_files, questionnaire_id, questionnaire_named
from definitions import DefinitionError, Problem
from questionnaires import Definition, kept_definition, parse_definition
from questionnaires.comparison import Change, compare
from questionnaires.interchange import InterchangeError, Loss
from questionnaires.plain import as_yaml
from survey_app.answering.definitions import store_version
from survey_app.files.said import FileRefusedError
from survey_app.files.xlsforms import FORMS, from_form
from survey_app.ground import audit
from survey_app.ground.rulebooks import programme_for, programmes_for
from survey_app.models import Area, QuestionnaireVersion, Survey, db
from wording import Message, said_of

ENDINGS = (".yaml", ".yml", *FORMS, ".json")


@dataclass(frozen=True)
class Incoming:
    """An uploaded questionnaire that loads: its YAML, its definition, and what of another format was not carried."""

    body: str
    definition: Definition
    losses: Sequence[Loss]


def read(name: str, data: bytes) -> Incoming:
    """A questionnaire in YAML, XLSForm (.xlsx, .xls, .csv) or SurveyJS (.json). Raises DefinitionError with every error by line."""
    ending = Path(name).suffix.lower()
    losses: Sequence[Loss] = ()
    if ending not in ENDINGS:
        raise DefinitionError([Problem(name, 1, "", Message("surveys.file_must_end", endings=ENDINGS))])
    try:
        if ending in (".yaml", ".yml"):
            body = data.decode("utf-8-sig").replace("\r\n", "\n")
        else:
            carried = from_form(name, data)
            body, losses = as_yaml(carried.result), carried.losses
    except UnicodeDecodeError as error:
        raise DefinitionError([Problem(name, 1, "", Message("lines.not_utf8"))]) from error
    except (InterchangeError, FileRefusedError) as error:
        raise DefinitionError([Problem(name, 1, "", said_of(error))]) from error
    return Incoming(body, parse_definition(body, name), losses)


LIBRARY = "citizen-experience"  # what is asked where the programme names nothing


def supplied() -> dict[str, str]:
    """Name -> text: what the programmes gone by bring, all programmes where none is chosen, by reference; then the library's."""
    cities = db.session.scalars(select(Area).where(Area.kind == "city"))
    chosen = {programme.ref for programme in programmes_for(cities)}
    brought = {ref: held[QUESTIONNAIRE] for ref, held in all_files().items() if QUESTIONNAIRE in held}
    folder = files("questionnaires").joinpath("library").iterdir()
    packaged = sorted((part for part in folder if part.name.endswith(".yaml")), key=lambda part: part.name)
    library = {part.name.removesuffix(".yaml"): part.read_text(encoding="utf-8") for part in packaged}
    return {ref: text for ref, text in brought.items() if ref in chosen or not chosen} | library


def from_supplied(name: str) -> QuestionnaireVersion:
    """The stored version of one of them, or of any programme's. Raises DefinitionError; the caller commits."""
    body = supplied().get(name) or questionnaire_named(name)
    if body is None:
        raise DefinitionError([Problem(name, 1, "", Message("surveys.no_questionnaire_supplied"))])
    return _stored(body, questionnaire_id({QUESTIONNAIRE: body}))


def usual(city: Area) -> str:
    """The questionnaire that a city's programme names, else the library's."""
    try:
        return programme_for(city).questionnaire or LIBRARY
    except NoProgrammeError:
        return LIBRARY


def store(body: str, name: str) -> QuestionnaireVersion:
    """Keep `body` as a version, once; the caller commits. Raises DefinitionError."""
    return _stored(body, name)


def versions() -> list[QuestionnaireVersion]:
    """Every stored version, the newest first."""
    return list(db.session.scalars(select(QuestionnaireVersion).order_by(QuestionnaireVersion.id.desc())))


def used_by(*of: QuestionnaireVersion) -> list[Survey]:
    """The surveys that ask any of these versions, the oldest first."""
    query = select(Survey).where(Survey.questionnaire_id.in_([version.id for version in of])).order_by(Survey.id)
    return list(db.session.scalars(query))


def definition(version: QuestionnaireVersion) -> Definition:
    """The definition as it was written, without a city's places."""
    return _parsed(version.body, version.name)


@lru_cache(maxsize=64)
def _parsed(body: str, name: str) -> Definition:
    return kept_definition(body, name)


def previous(of: Definition, version: QuestionnaireVersion | None = None) -> QuestionnaireVersion | None:
    """The newest stored version of the same questionnaire id, before `version` where it is stored itself."""
    for candidate in versions():
        if version is not None and candidate.id >= version.id:
            continue
        if definition(candidate).id == of.id and candidate.digest != of.digest:
            return candidate
    return None


def changes(before: QuestionnaireVersion, after: Definition) -> list[Change]:
    """What differs, with what breaks comparability first."""
    return compare(definition(before), after)


def breaking(before: QuestionnaireVersion, after: QuestionnaireVersion) -> list[Change]:
    """What makes answers to both versions impossible to compare."""
    return [change for change in changes(before, definition(after)) if change.weight == "breaks"]


def _stored(body: str, name: str) -> QuestionnaireVersion:
    before = db.session.scalar(select(QuestionnaireVersion.id).order_by(QuestionnaireVersion.id.desc()).limit(1)) or 0
    version = store_version(body, name[:80])
    if version.id > before:
        audit.record(
            "questionnaire.store", f"questionnaire:{version.id}", after={"name": name, "digest": version.digest}
        )
    return version
