"""The demonstration city's areas and margins, and its removal."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from sqlalchemy import Select, delete, exists, select

from survey_app.archives.records import forget
from survey_app.models import (
    ApiToken,
    Area,
    Assignment,
    ClaimGrant,
    Contact,
    DepartmentAddress,
    DeviceLink,
    EstimateRun,
    Evidence,
    Extension,
    FigureOpening,
    FinalRun,
    FrozenAnswers,
    Grant,
    IndicatorEntry,
    IndicatorValue,
    Invitation,
    InvitationKey,
    InvitationUse,
    Invited,
    Job,
    Objection,
    ObjectionFile,
    ObjectionRound,
    OfficialSurvey,
    PaperEntry,
    Period,
    PlanVersion,
    PublishedResults,
    QuotaCount,
    RectificationItem,
    RectificationNote,
    RectificationSnapshot,
    RegisterItem,
    RegisterNil,
    Response,
    ResultsDay,
    Scenario,
    ScoringRun,
    SignOffStep,
    Site,
    Statement,
    Survey,
    SurveyArchive,
    Ticket,
    ValueChange,
    Visit,
    db,
)
from survey_app.people.accounts import remove_grant
from survey_app.tickets.retention import delete_tickets

ADULT_SHARE = 0.80  # aged 16 and over; assumed, from the province's 18.78 % aged 0-14 in 2020
SEX_SHARES = {"male": 0.5066, "female": 0.4934}  # the province's 2020 census
AGE_SHARES = {"16-29": 0.17, "30-44": 0.27, "45-59": 0.30, "60+": 0.26}  # assumed; 60+ after the census


@dataclass(frozen=True)
class Unit:
    """One of the 14 disjoint fieldwork units. `adults`: residents aged 16 and over, zones taken out."""

    area: Area
    adults: int


def create_areas() -> list[Area]:
    """Store the city, its 11 counties and 3 zones."""
    text = files("survey_app").joinpath("demo/jining.csv").read_text(encoding="utf-8")
    areas: dict[str, Area] = {}
    for row in csv.DictReader(text.splitlines()):
        area = Area(
            code=row["code"],
            name=row["name"],
            name_en=row["name_en"],
            kind=row["kind"],
            residents=int(row["residents"]),
            parent=areas.get(row["parent"]),
            demo=True,
        )
        db.session.add(area)
        areas[row["code"]] = area
    db.session.flush()
    return list(areas.values())


def fieldwork_units(areas: list[Area]) -> list[Unit]:
    """Counties without their zones, and the zones: together every resident exactly once."""
    zones = [area for area in areas if area.kind == "zone"]
    units = []
    for area in areas:
        if area.kind == "city":
            continue
        inside = sum(zone.residents for zone in zones if zone.parent_id == area.id)
        units.append(Unit(area, round((area.residents - inside) * ADULT_SHARE)))
    return units


def margins(units: list[Unit]) -> dict[str, dict[str, int]]:
    """Population margins aged 16 and over: fieldwork unit of residence, sex, age band. Equal totals."""
    total = sum(unit.adults for unit in units)
    return {
        "home_county": {unit.area.name: unit.adults for unit in units},
        "sex": _split(total, SEX_SHARES),
        "age_band": _split(total, AGE_SHARES),
    }


def _split(total: int, shares: dict[str, float]) -> dict[str, int]:
    parts = {level: round(total * share) for level, share in shares.items()}
    last = list(parts)[-1]
    parts[last] += total - sum(parts.values())
    return parts


def is_loaded() -> bool:
    """Whether a demonstration survey stands in the database."""
    return bool(db.session.scalar(select(exists().where(Survey.demo))))


def clear() -> dict[str, int]:
    """Remove everything simulated, in the caller's transaction; an account keeps no grant in an area that goes.

    Returns rows removed per table.
    """
    removed = {"ticket": delete_tickets(list(db.session.scalars(select(Ticket.id).where(Ticket.demo))))}
    surveys = select(Survey.id).where(Survey.demo)
    for archive in db.session.scalars(select(SurveyArchive).where(SurveyArchive.survey_id.in_(surveys))):
        forget(archive)
    areas = select(Area.id).where(Area.demo)
    entries = select(IndicatorEntry.id).where(IndicatorEntry.area_id.in_(areas))
    rounds = select(ObjectionRound.id).join(FinalRun).where(FinalRun.city_id.in_(areas))
    objections = select(Objection.id).where(Objection.round_id.in_(rounds))
    items = select(RectificationItem.id).where(RectificationItem.area_id.in_(areas))
    for told in (PublishedResults, ResultsDay):  # their statements go next
        removed[told.__tablename__] = _delete(told, told.survey_id.in_(surveys))
    _forget_sign_offs(surveys, areas)
    for grant in db.session.scalars(select(Grant).where(Grant.area_id.in_(areas))):
        remove_grant(grant.user, grant, "minyi demo --clear")
    db.session.flush()
    for model, condition in (
        (RectificationNote, RectificationNote.item_id.in_(items)),
        (RectificationItem, RectificationItem.area_id.in_(areas)),
        (RectificationSnapshot, RectificationSnapshot.area_id.in_(areas)),
        (ObjectionFile, ObjectionFile.objection_id.in_(objections)),
        (Objection, Objection.round_id.in_(rounds)),
        (ObjectionRound, ObjectionRound.id.in_(rounds)),
        (FinalRun, FinalRun.city_id.in_(areas)),
        (Scenario, Scenario.area_id.in_(areas)),
        (ScoringRun, ScoringRun.demo | ScoringRun.area_id.in_(areas)),
        (EstimateRun, EstimateRun.survey_id.in_(surveys)),
        (InvitationUse, InvitationUse.survey_id.in_(surveys)),
        (InvitationKey, InvitationKey.survey_id.in_(surveys)),
        (PaperEntry, PaperEntry.invitation_id.in_(select(Invitation.id).where(Invitation.survey_id.in_(surveys)))),
        (Visit, Visit.invitation_id.in_(select(Invitation.id).where(Invitation.survey_id.in_(surveys)))),
        (Contact, Contact.invitation_id.in_(select(Invitation.id).where(Invitation.survey_id.in_(surveys)))),
        (Invited, Invited.survey_id.in_(surveys)),
        (Invitation, Invitation.survey_id.in_(surveys)),
        (DeviceLink, DeviceLink.site_id.in_(select(Site.id).where(Site.survey_id.in_(surveys)))),
        (Response, Response.survey_id.in_(surveys)),
        (Site, Site.survey_id.in_(surveys)),
        (ValueChange, ValueChange.entry_id.in_(entries)),
        (Evidence, Evidence.entry_id.in_(entries)),
        (IndicatorEntry, IndicatorEntry.area_id.in_(areas)),
        (IndicatorValue, IndicatorValue.demo | IndicatorValue.area_id.in_(areas)),
        (Assignment, Assignment.area_id.in_(areas)),
        (Extension, Extension.area_id.in_(areas)),
        (PlanVersion, PlanVersion.survey_id.in_(surveys)),
        (QuotaCount, QuotaCount.survey_id.in_(surveys)),
        (Job, Job.area_id.in_(areas)),
        (RegisterItem, RegisterItem.area_id.in_(areas)),
        (RegisterNil, RegisterNil.area_id.in_(areas)),
        (DepartmentAddress, DepartmentAddress.area_id.in_(areas)),
        (ClaimGrant, ClaimGrant.area_id.in_(areas)),
        (ApiToken, ApiToken.area_id.in_(areas) | ApiToken.survey_id.in_(surveys)),
        (FrozenAnswers, FrozenAnswers.survey_id.in_(surveys)),
        (OfficialSurvey, OfficialSurvey.survey_id.in_(surveys)),
        (FigureOpening, FigureOpening.survey_id.in_(surveys)),
        (Survey, Survey.demo),
    ):
        removed[model.__tablename__] = _delete(model, condition)
    cities = set(db.session.scalars(select(Area.code).where(Area.demo, Area.kind == "city")))
    for period in db.session.scalars(select(Period)):
        period.by_city = {code: chosen for code, chosen in period.by_city.items() if code not in cities}
    zones = _delete(Area, Area.demo & (Area.kind == "zone"))
    counties = _delete(Area, Area.demo & (Area.kind == "county"))
    removed["area"] = zones + counties + _delete(Area, Area.demo)
    return removed


def _forget_sign_offs(surveys: Select[Any], areas: Select[Any]) -> None:
    """A number may be given again after its run is gone: no later run shall find itself approved."""
    estimates = db.session.scalars(select(EstimateRun.id).where(EstimateRun.survey_id.in_(surveys)))
    finals = db.session.scalars(select(FinalRun.id).where(FinalRun.city_id.in_(areas)))
    objected = db.session.scalars(select(Objection.id).where(Objection.area_id.in_(areas)))
    about = [f"survey:{code}" for code in db.session.scalars(select(Survey.code).where(Survey.demo))]
    about += [f"objection:{number}" for number in objected]
    statements = [*db.session.scalars(select(Statement).where(Statement.about.in_(about)))]
    named = {"estimate": estimates, "final": finals}
    subjects = [f"{kind}:{number}" for kind, numbers in named.items() for number in numbers]
    subjects += [statement.subject for statement in statements]
    for statement in statements:
        db.session.delete(statement)
    for start in range(0, len(subjects), 500):
        _delete(SignOffStep, SignOffStep.subject.in_(subjects[start : start + 500]))


def _delete(model: type, condition: object) -> int:
    result = db.session.execute(delete(model).where(condition))  # type: ignore[arg-type]
    return int(result.rowcount)  # type: ignore[attr-defined]
