"""Definitions ready to be asked: the stored text with the city's fieldwork units filled in, kept in process."""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import select

from questionnaires import Choice, Definition, kept_definition, parse_definition
from questionnaires.definition import Text
from survey_app.models import Area, QuestionnaireVersion, Survey, db


def definition_of(survey: Survey) -> Definition:
    """The survey's questionnaire with the options of `home_areas`: its city's counties and zones."""
    return compiled(survey.questionnaire_id, survey.city_id)


@lru_cache(maxsize=32)
def _parsed(body: str, name: str, areas: tuple[Choice, ...]) -> Definition:
    return kept_definition(body, name).with_areas(areas)


def compiled(questionnaire_id: int, city_id: int) -> Definition:
    """The definition of a questionnaire version in a city. One parse per version and process."""
    version = db.session.get_one(QuestionnaireVersion, questionnaire_id)
    choices = tuple(Choice(area.name, Text(area.name, area.name_en or area.name)) for area in units(city_id))
    return _parsed(version.body, version.name, choices)


def units(city_id: int) -> list[Area]:
    """The fieldwork units people may live in: the city's counties, each followed by its zones."""
    counties = db.session.scalars(select(Area).where(Area.parent_id == city_id).order_by(Area.code)).all()
    zones = db.session.scalars(
        select(Area).where(Area.parent_id.in_([county.id for county in counties])).order_by(Area.code)
    ).all()
    return [place for county in counties for place in (county, *(z for z in zones if z.parent_id == county.id))]


def rated_counties(city_id: int) -> dict[str, str]:
    """Name of the county whose rating a resident of each unit counts in; a zone counts in its parent."""
    return {
        area.name: area.name if area.kind == "county" else area.parent.name for area in units(city_id) if area.parent
    }


def store_version(body: str, name: str) -> QuestionnaireVersion:
    """The stored version of a definition's text, made on first use. Raises DefinitionError."""
    digest = parse_definition(body, name).digest
    found = db.session.scalar(select(QuestionnaireVersion).where(QuestionnaireVersion.digest == digest))
    if found is None:
        found = QuestionnaireVersion(name=name, digest=digest, body=body)
        db.session.add(found)
        db.session.flush()
    return found
