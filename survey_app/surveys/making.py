"""Make a survey, change what may still be changed of it, and clone it as the next wave. The caller commits."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import select

from analysis.scoring.loading import NoProgrammeError
from analysis.scoring.programme_files import PLAN, files_of
from definitions import digest, with_key
from definitions.names import clean, key
from survey_app.answering.definitions import definition_of
from survey_app.answering.open_sites import forget_sites
from survey_app.ground import audit
from survey_app.ground.official import UNOPENED, naming_of
from survey_app.ground.rulebooks import programme_for
from survey_app.models import Area, QuestionnaireVersion, Response, Site, Survey, db
from survey_app.surveys import official_plan
from survey_app.surveys.life import ENDED
from survey_app.surveys.plan_checks import default_plan, with_stop
from survey_app.surveys.plan_versions import state_closing
from survey_app.surveys.site_codes import taken_codes, unused_site_code
from wording import FieldRefusal, Message

CODE = re.compile(r"[a-z0-9][a-z0-9-]{1,38}[a-z0-9]")
RESERVED = ("new", "templates")  # they stand in addresses where a survey's code would
ZONE = "Asia/Shanghai"


class SurveyError(FieldRefusal):
    """What cannot be done to a survey, in the user's words."""


@dataclass(frozen=True)
class Settings:
    """What a manager sets of a survey. Moments are aware."""

    title: str
    opens_at: datetime | None
    closes_at: datetime | None
    time_zone: str = ZONE
    open_codes_admit: bool = False
    double_entry: bool = False
    seals_erased: bool = False


def create(code: str, settings: Settings, city: Area, version: QuestionnaireVersion) -> Survey:
    """A new survey as a draft, with a plan to begin with. Raises SurveyError."""
    _check_code(code)
    _check(settings)
    survey = Survey(code=code, city=city, questionnaire=version, state="draft", plan="", plan_digest="", demo=city.demo)
    _apply(survey, settings)
    db.session.add(survey)
    db.session.flush()
    survey.plan = _of_the_programme(city) or default_plan(definition_of(survey))
    survey.plan_digest = digest(survey.plan)
    after = _said(survey) | {"city": city.name, "questionnaire": f"{version.name} {version.digest[:12]}"}
    audit.record("survey.create", f"survey:{code}", after=after)
    return survey


def _of_the_programme(city: Area) -> str:
    """The plan that the city's programme begins with; '' where it states none."""
    try:
        found = files_of(programme_for(city).ref)
    except NoProgrammeError:
        return ""
    return found[1].get(PLAN, "") if found else ""


def city_of(code: str, name: str) -> Area:
    """The city with this code, made where there is none. Raises SurveyError."""
    code, name = key(code), clean(name)
    if not code or not name:
        raise SurveyError(Message("surveys.name_city_its_code"), "city_name")
    areas = db.session.scalars(select(Area).order_by(Area.code))
    found = next((area for area in areas if area.code == code or key(area.name) == key(name)), None)
    if found is not None:
        if found.kind != "city" or (found.code, key(found.name)) != (code, key(name)):
            raise SurveyError(
                Message("surveys.already_used", found_name=found.name, found_code=found.code), "city_code"
            )
        return found
    if len(code) > 24 or len(name) > 80:
        raise SurveyError(Message("surveys.code_most_name_characters"), "city_code")
    area = Area(code=code, name=name, kind="city", residents=0)
    db.session.add(area)
    db.session.flush()
    audit.record("area.create", f"area:{code}", after={"name": name, "kind": "city"})
    return area


def change_settings(survey: Survey, settings: Settings, reason: str = "") -> bool:
    """Set title, times and ways of collecting; after the lock with a reason. Says whether anything changed.

    The time zone stays once there are responses: their days would move; what becomes of an answer that is taken back stays
    from the opening on, since people were told; and whether a site's own code admits to the
    sample is fixed by the first answer, as every rule of exclusion is. Raises SurveyError.
    """
    _check(settings)
    if survey.state == "archived":
        raise SurveyError("surveys.survey_archived_can_only")
    settings = replace(
        settings,
        opens_at=_same_minute(survey.opens_at, settings.opens_at),
        closes_at=_same_minute(survey.closes_at, settings.closes_at),
    )
    moved = (settings.opens_at, settings.closes_at) != (survey.opens_at, survey.closes_at)
    if survey.state == "closed" and moved:
        raise SurveyError(Message("surveys.survey_ended_its_times"), "closes_at")
    official = naming_of(survey) is not None
    if official and moved and survey.state not in UNOPENED:
        raise SurveyError(Message("official.moment_stands"), "closes_at")
    if settings.time_zone != survey.time_zone and _answered(survey):
        raise SurveyError(Message("surveys.responses_time_zone_stays"), "time_zone")
    if settings.open_codes_admit != survey.open_codes_admit and official_plan.fixed(survey):
        raise SurveyError(Message("surveys.responses_open_codes_stay"), "open_codes_admit")
    if settings.seals_erased != bool(survey.seals_erased) and survey.state not in UNOPENED:
        raise SurveyError(Message("surveys.erasure_stands"), "seals_erased")
    before = _said(survey)
    with db.session.no_autoflush:
        kept = settings_of(survey)
        _apply(survey, settings)
        if _said(survey) == before:
            return False
        if survey.state != "draft" and not reason.strip():
            _apply(survey, kept)
            raise SurveyError(Message("surveys.reason_needed"), "reason")
    audit.record("survey.settings", f"survey:{survey.code}", before, _said(survey), reason.strip())
    if official and moved and survey.state == "locked":
        state_closing(survey, reason.strip())
    forget_sites()
    return True


def choose_questionnaire(survey: Survey, version: QuestionnaireVersion, reason: str = "") -> None:
    """Ask another version; free in a draft, with a reason when locked, not after opening. Raises SurveyError."""
    if survey.state not in ("draft", "locked"):
        raise SurveyError("surveys.once_opened_survey_keeps")
    if survey.state == "locked" and not reason.strip():
        raise SurveyError(Message("surveys.plan_locked_reason_needed"), "reason")
    if version.id == survey.questionnaire_id:
        return
    before = {"questionnaire": survey.questionnaire.digest}
    survey.questionnaire = version
    audit.record(
        "survey.questionnaire", f"survey:{survey.code}", before, {"questionnaire": version.digest}, reason.strip()
    )
    forget_sites()


def clone(
    source: Survey, code: str, settings: Settings, version: QuestionnaireVersion | None = None, keep_codes: bool = False
) -> Survey:
    """The next wave as a draft: the same sites, plan and, unless another is given, questionnaire.

    keep_codes: the posters that hang stay good; they lead to the new wave from then on, so the old one must have
    ended.  Raises SurveyError.
    """
    _check_code(code)
    _check(settings)
    if keep_codes and source.state not in ENDED:
        raise SurveyError(Message("surveys.keep_its_codes_close"), "keep_codes")
    plan = with_key(with_key(source.plan, "method", None), "closing", None)  # its lock will write those of then
    if source.stops_when_full:  # a setting of the survey before it was one of the plan
        plan = with_stop(plan, True)
    wave = Survey(
        code=code, city_id=source.city_id, questionnaire=version or source.questionnaire, state="draft",
        plan=plan, plan_digest=digest(plan), wave_of_id=source.id, demo=source.demo, hours=source.hours,
        stops_when_full=source.stops_when_full, least_cell=source.least_cell,
    )  # fmt: skip
    _apply(wave, settings)
    db.session.add(wave)
    db.session.flush()
    taken = taken_codes()
    for site in [site for site in source.sites if site.active]:
        wave.sites.append(_copied(site, taken, keep_codes))
    after = _said(wave) | {
        "sites": len(wave.sites),
        "kept_codes": keep_codes,
        "questionnaire": wave.questionnaire.digest,
    }
    audit.record("survey.clone", f"survey:{code}", {"wave_of": source.code}, after)
    forget_sites()
    return wave


def suggested_code(source: Survey) -> str:
    """A free code for the next wave: the last number raised, or -2 added."""
    found = re.fullmatch(r"(.*?)(\d+)", source.code)
    stem, number = (found[1], int(found[2])) if found else (f"{source.code}-", 1)
    while True:
        number += 1
        code = f"{stem}{number}"
        if db.session.scalar(select(Survey.id).where(Survey.code == code)) is None:
            return code


def _copied(site: Site, taken: set[str], keep_code: bool) -> Site:
    """The site of the next wave. A kept code passes to it; the ended survey's answers go on naming theirs by `code`."""
    copy = Site(
        code=unused_site_code(taken), name=site.name, kind=site.kind, area_id=site.area_id, hours=site.hours,
        probability=site.probability, stratum=site.stratum, residents=site.residents,
        eligible=site.eligible, weight_take=site.weight_take, inclusion_probability=site.inclusion_probability, base_weight=site.base_weight, target=site.target,
        demo=site.demo,
    )  # fmt: skip
    if keep_code:
        printed = site.public_code
        site.address = unused_site_code(taken)  # printed nowhere
        db.session.flush()
        copy.address = printed
    return copy


def _check_code(code: str) -> None:
    if not CODE.fullmatch(code) or code in RESERVED:
        raise SurveyError(Message("surveys.code_lower_case_letters"), "code")
    if db.session.scalar(select(Survey.id).where(Survey.code == code)) is not None:
        raise SurveyError(Message("surveys.survey_already", code=code), "code")


def _check(settings: Settings) -> None:
    if not settings.title.strip() or len(settings.title) > 200:
        raise SurveyError(Message("surveys.title_most_characters_needed"), "title")
    if settings.time_zone not in available_timezones():
        raise SurveyError(Message("surveys.no_such_time_zone"), "time_zone")
    if settings.opens_at and settings.closes_at and settings.opens_at >= settings.closes_at:
        raise SurveyError(Message("surveys.must_close_after_opens"), "closes_at")


def _apply(survey: Survey, settings: Settings) -> None:
    survey.title = settings.title.strip()
    survey.opens_at, survey.closes_at, survey.time_zone = settings.opens_at, settings.closes_at, settings.time_zone
    survey.open_codes_admit, survey.double_entry = settings.open_codes_admit, settings.double_entry
    survey.seals_erased = settings.seals_erased


def _same_minute(stored: datetime | None, given: datetime | None) -> datetime | None:
    """The stored moment where a form, which knows no seconds, gives it back."""
    if stored is not None and given is not None and stored.replace(second=0) == given.replace(second=0):
        return stored
    return given


def settings_of(survey: Survey) -> Settings:
    return Settings(
        survey.title, survey.opens_at, survey.closes_at, survey.time_zone, survey.open_codes_admit, survey.double_entry,
        survey.seals_erased,
    )  # fmt: skip


def _said(survey: Survey) -> dict[str, object]:
    def told(moment: datetime | None) -> str:
        return moment.astimezone(ZoneInfo(survey.time_zone)).isoformat(timespec="minutes") if moment else ""

    return {
        "title": survey.title,
        "opens_at": told(survey.opens_at),
        "closes_at": told(survey.closes_at),
        "time_zone": survey.time_zone,
        "open_codes_admit": bool(survey.open_codes_admit),
        "double_entry": bool(survey.double_entry),
        "seals_erased": bool(survey.seals_erased),
    }


def _answered(survey: Survey) -> bool:
    return db.session.scalar(select(Response.id).where(Response.survey_id == survey.id).limit(1)) is not None
