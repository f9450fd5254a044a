"""Programmes of an installation: looked at, added, chosen, removed. What they rate by stands in ground/rulebooks.py."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import or_, select

from analysis.plan import parse_plan
from analysis.scoring.programme import Programme, load_programme, programmes
from analysis.scoring.programme_checks import checked
from analysis.scoring.programme_files import (
    BOOKS,
    MANIFEST,
    PLAN,
    QUESTIONNAIRE,
    READINGS,
    REGISTERS,
    Files,
    all_files,
    books_in,
    files_of,
    is_shipped,
    questionnaire_id,
)
from definitions import DefinitionError, Problem
from questionnaires.loading import load_definition, parse_definition
from survey_app.ground import audit, rulebooks
from survey_app.ground.programme_choice import ProgrammeError as ProgrammeError
from survey_app.ground.programme_choice import use as use
from survey_app.models import AddedProgramme, FinalRun, Period, PlanVersion, ScoringRun, Survey, db
from wording import Message


@dataclass(frozen=True)
class Listed:
    """A version as lists show it. periods: where it rates something; default: whether the installation goes by it."""

    programme: Programme
    shipped: bool
    default: bool
    periods: tuple[str, ...]


def listed() -> list[Listed]:
    """Every version of every programme, the newest of each first."""
    chosen, found = rulebooks.installation(), []
    by_ref: dict[str, list[str]] = {}
    for period in db.session.scalars(select(Period).order_by(Period.code)):
        for one in [period.chosen(), *period.by_city.values()]:
            by_ref.setdefault(one["programme"], []).append(period.code)
    held = files_of(chosen) if chosen else None
    default = held[0] if held else ""
    for programme in programmes():
        codes = tuple(dict.fromkeys(by_ref.get(programme.ref, ())))
        found.append(Listed(programme, is_shipped(programme.ref), programme.ref == default, codes))
    return found


def looked_at(texts: Files) -> Programme:
    """The programme of these files, which this installation could add. Raises DefinitionError with everything wrong, and
    ProgrammeError where it is there already or takes another's ids."""
    programme = usable(texts)
    same = next((one for one in programmes() if one.ref == programme.ref), None)
    if same is not None and same.digest == programme.digest:
        raise ProgrammeError("programmes.there_already", name=programme.id, version=programme.version)
    if same is not None:
        raise ProgrammeError("programmes.version_taken", name=programme.id, version=programme.version)
    for ref, held in all_files().items():
        for book in set(books_in(held)) & set(books_in(texts)):
            path = f"{BOOKS}{book}.yaml"
            if any(held.get(part) != texts.get(part) for part in (path, READINGS, REGISTERS)):
                raise ProgrammeError("programmes.rulebook_taken", rulebook=book, programme=ref)
    return programme


def usable(texts: Files) -> Programme:
    """As `checked`, with the questionnaire and the plan that it begins with. Raises DefinitionError."""
    programme, problems = checked(texts), list[Problem]()
    for path, read in ((QUESTIONNAIRE, parse_definition), (PLAN, parse_plan)):
        if path in texts:
            try:
                read(texts[path], path)
            except DefinitionError as error:
                problems += error.problems
    if programme.questionnaire and programme.questionnaire != questionnaire_id(texts):  # one of the library
        try:
            load_definition(programme.questionnaire)
        except DefinitionError:
            said = Message("programmes.no_questionnaire", name=programme.questionnaire)
            problems.append(Problem(MANIFEST, 1, "questionnaire", said))
    if problems:
        raise DefinitionError(problems)
    return programme


def add(texts: Files) -> Programme:
    """Keep one more. The caller commits. Raises DefinitionError, ProgrammeError."""
    audit.wait_turn()
    programme = looked_at(texts)
    db.session.add(
        AddedProgramme(
            digest=programme.digest, programme=programme.id, version=programme.version, files=dict(texts), by=audit.actor()
        )
    )  # fmt: skip
    audit.record("programme.add", f"programme:{programme.ref}", after={"digest": programme.digest})
    db.session.flush()
    rulebooks.forget()
    return programme


def remove(ref: str, reason: str) -> None:
    """Forget a version that nothing goes by. The caller commits. Raises NoProgrammeError, ProgrammeError."""
    audit.wait_turn()
    programme = load_programme(ref)
    row = db.session.scalar(select(AddedProgramme).filter_by(programme=programme.id, version=programme.version))
    if row is None:
        raise ProgrammeError("programmes.shipped", name=programme.ref)
    used = _uses(programme)
    if used is not None:
        raise ProgrammeError("programmes.in_use", name=programme.ref, used=used)
    db.session.delete(row)
    audit.record("programme.remove", f"programme:{programme.ref}", {"digest": programme.digest}, reason=reason.strip())
    db.session.flush()
    rulebooks.forget()


def _uses(programme: Programme) -> Message | None:
    """By what a version is used that no other could stand in for; None where by nothing."""
    others = {book for one in programmes() if one.ref != programme.ref for book in one.units.values()}
    books = sorted(set(programme.units.values()) - others)
    final = select(FinalRun.id).join(ScoringRun, ScoringRun.batch == FinalRun.batch)
    found = db.session.scalar(final.where(ScoringRun.rulebook_id.in_(books), FinalRun.kind == "final").limit(1))
    if found is not None:
        return Message("programmes.by_final", number=found)
    for period in db.session.scalars(select(Period).order_by(Period.code)):
        if programme.ref in {one["programme"] for one in [period.chosen(), *period.by_city.values()]}:
            return Message("programmes.by_period", code=period.code)
    if rulebooks.installation() == programme.id and [one.ref for one in programmes() if one.id == programme.id] == [
        programme.ref
    ]:
        return Message("programmes.by_installation")
    run = db.session.scalar(select(ScoringRun.id).where(ScoringRun.rulebook_id.in_(books)).limit(1))
    if run is not None:
        return Message("programmes.by_run", number=run)
    named = [or_(Survey.plan.contains(book), PlanVersion.body.contains(book)) for book in books]
    survey = (
        db.session.scalar(select(Survey.code).outerjoin(PlanVersion).where(or_(*named)).limit(1)) if named else None
    )
    return Message("programmes.by_plan", code=survey) if survey else None
