"""Definitions ready to be asked: the stored text with the city's fieldwork units filled in, kept in process."""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import select

from questionnaires import Choice, Definition, kept_definition, parse_definition
from questionnaires.definition import Text
from survey_app.models import Area, QuestionnaireVersion, Survey, db


def definition_of(survey: Survey) -> Definition:
    """The survey's questionnaire with the options of `home_areas`: its city's counties and zones."""
    return _compiled(survey.questionnaire, survey.city_id)


@lru_cache(maxsize=32)
def _parsed(body: str, name: str, areas: tuple[Choice, ...]) -> Definition:
    return kept_definition(body, name).with_areas(areas)


def compiled(questionnaire_id: int, city_id: int) -> Definition:
    """The definition of a questionnaire version in a city. One parse per version and process."""
    return _compiled(db.session.get_one(QuestionnaireVersion, questionnaire_id), city_id)


def _compiled(version: QuestionnaireVersion, city_id: int) -> Definition:
    choices = tuple(Choice(area.name, Text(area.name, area.name_en or area.name)) for area in homes(city_id))
    return _parsed(version.body, version.name, choices)


def units(city_id: int) -> list[Area]:
    """The fieldwork units people may live in: the city's counties, each followed by its zones."""
    inside = Area.parent_id.in_(select(Area.id).where(Area.parent_id == city_id))
    places = db.session.scalars(select(Area).where((Area.parent_id == city_id) | inside).order_by(Area.code)).all()
    zones = {county.id: [zone for zone in places if zone.parent_id == county.id] for county in places}
    return [place for county in places if county.parent_id == city_id for place in (county, *zones[county.id])]


def homes(city_id: int) -> list[Area]:
    """Where people may live: the units, or the city itself where it has no counties."""
    return units(city_id) or [db.session.get_one(Area, city_id)]


def rated_counties(city_id: int) -> dict[str, str]:
    """Name of the county whose rating a resident of each unit counts in, '' of the city itself; a zone counts in its
    parent."""
    return {
        area.name: area.parent.name if area.kind == "zone" and area.parent else area.name * (area.kind == "county")
        for area in homes(city_id)
    }


def titles_of(survey: Survey) -> dict[str, str]:
    """Language -> the survey's name; the English one is its questionnaire's and the city's."""
    asked, city = definition_of(survey).title["en"], survey.city.name_en
    return {"zh": survey.title, "en": f"{asked} · {city}" if city else asked}


def store_version(body: str, name: str) -> QuestionnaireVersion:
    """The stored version of a definition's text, made on first use. Raises DefinitionError."""
    digest = parse_definition(body, name).digest
    found = db.session.scalar(select(QuestionnaireVersion).where(QuestionnaireVersion.digest == digest))
    if found is None:
        found = QuestionnaireVersion(name=name, digest=digest, body=body)
        db.session.add(found)
        db.session.flush()
    return found
