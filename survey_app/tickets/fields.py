"""What a problem can be about and where it can be: from the questionnaire's services and the city's areas."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, or_, select

from questionnaires import Definition
from survey_app.answering.definitions import definition_of, units
from survey_app.models import Area, Survey, Ticket, db

OTHER = "other"


class _Named:
    zh: str
    en: str

    def name(self, language: str) -> str:
        return self.en if language == "en" else self.zh


@dataclass(frozen=True)
class TicketField(_Named):
    """An area of service. indicators: numbers of the municipal rulebook it stands for; none for 'something else'."""

    key: str
    zh: str
    en: str
    indicators: tuple[int, ...] = ()


@dataclass(frozen=True)
class Place(_Named):
    """A county or zone of the city, or the city itself."""

    area_id: int
    zh: str
    en: str


@dataclass(frozen=True)
class Counter:
    """Where problems of a city are handed in: plain values for the form."""

    city_id: int
    code: str
    city: str
    city_en: str
    demo: bool
    fields: tuple[TicketField, ...]
    places: tuple[Place, ...]

    def field(self, key: str) -> TicketField | None:
        return next((field for field in self.fields if field.key == key), None)

    def place(self, area_id: str) -> Place | None:
        return next((place for place in self.places if str(place.area_id) == area_id), None)


def find_counter(code: str) -> Counter | None:
    """By the city's code or a survey's. None where there is no such city or it has no survey."""
    if not code.isprintable():
        return None
    survey = db.session.scalar(
        select(Survey)
        .join(Area, Area.id == Survey.city_id)
        .where(or_(Area.code == code, Survey.code == code))
        .order_by(Survey.id.desc())
    )
    return counter_of(survey) if survey else None


def cities() -> list[tuple[str, str, str]]:
    """Code, name and English name of every city that has a survey."""
    asked = select(Survey.city_id).distinct()
    query = select(Area.code, Area.name, Area.name_en).where(Area.id.in_(asked)).order_by(Area.code)
    return [(code, name, name_en or name) for code, name, name_en in db.session.execute(query)]


def only_city() -> str | None:
    """The code of the city, where this installation serves just one."""
    found = cities()
    return found[0][0] if len(found) == 1 else None


def counter_of(survey: Survey) -> Counter:
    city = survey.city
    places = [Place(city.id, f"{city.name}（全市或不清楚）", f"{city.name_en or city.name} (whole city, or not sure)")]
    places += [Place(area.id, area.name, area.name_en or area.name) for area in units(city.id)]
    fields = fields_of(definition_of(survey))
    return Counter(city.id, city.code, city.name, city.name_en or city.name, survey.demo, fields, tuple(places))


def fields_of(definition: Definition) -> tuple[TicketField, ...]:
    """The services the questionnaire rates, each with its indicators, and 'something else'."""
    rated = (row for question in definition.questions for row in question.rows if row.indicators)
    fields = {row.key: TicketField(row.key, row.text["zh"], row.text["en"], row.indicators) for row in rated}
    return (*fields.values(), TicketField(OTHER, "其他", "Something else"))


def problems_by_field(
    city_id: int, since: date | None = None, condition: ColumnElement[bool] | None = None
) -> dict[str, int]:
    """Field key -> tickets of the city received on or after `since`; declined ones count, they were felt as well."""
    query = select(Ticket.field, func.count()).where(Ticket.city_id == city_id).group_by(Ticket.field)
    if since:
        query = query.where(Ticket.received_on >= since)
    if condition is not None:
        query = query.where(condition)
    return {row[0]: int(row[1]) for row in db.session.execute(query)}
