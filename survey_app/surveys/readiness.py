"""Whether a survey can be locked and opened: everything that is missing at once, in the order of the work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import select

from analysis.plan import Plan
from analysis.plan_parts import WAYS
from analysis.scoring.loading import NoProgrammeError
from definitions import DefinitionError
from questionnaires.legal import Legal, asked_digest
from questionnaires.logic import questions_in
from questionnaires.review import review
from survey_app.answering.addresses import is_local, shown_base
from survey_app.answering.definitions import definition_of, units
from survey_app.answering.open_sites import end_of_validity
from survey_app.ground.dates import with_zone
from survey_app.ground.imprint import EXPECTED, imprint
from survey_app.ground.official import naming_of, unnamed_period
from survey_app.ground.plans import plan_of
from survey_app.ground.rulebooks import programme_for
from survey_app.ground.settings_unsafe import not_said
from survey_app.models import Invitation, Survey, db
from survey_app.surveys import drawn_sites, questionnaire_versions
from survey_app.surveys.columns import AREA_VARIABLES
from survey_app.surveys.plan_checks import check
from survey_app.surveys.shown_questions import telling
from wording import Message

Step = Literal["questionnaire", "areas", "sites", "plan", "dates", "address", "public"]


WITHOUT_A_PHONE = (
    "paper",
    "phone",
    "tablet",
)  # ways in which somebody without one of his own can answer; staff have it


@dataclass(frozen=True)
class Lack:
    """One thing that is missing. level: stop | warn (may be accepted). lock: it stops the lock already."""

    step: Step
    level: Literal["stop", "warn"]
    said: Message
    lock: bool = False


def lacks(survey: Survey) -> list[Lack]:
    """Everything between this survey and its opening; empty when it may open."""
    parts = (_questionnaire, _areas, _sites, _plan, _dates, _public, _address)
    return [lack for part in parts for lack in part(survey)]


def stops(survey: Survey, lock: bool) -> list[Lack]:
    """What forbids the lock, or the opening."""
    return [lack for lack in lacks(survey) if lack.level == "stop" and (lack.lock or not lock)]


def warnings(survey: Survey) -> list[Lack]:
    """What a person must have seen before opening."""
    return [lack for lack in lacks(survey) if lack.level == "warn"]


def _questionnaire(survey: Survey) -> Iterator[Lack]:
    definition = definition_of(survey)
    for column in ("measure", "home_county"):
        if column not in definition.columns:
            yield Lack("questionnaire", "stop", Message("surveys.questionnaire_does_not_say", column=column), True)
    written = questionnaire_versions.definition(survey.questionnaire)  # without the city's own places
    errors = [finding for finding in review(written) if finding.level == "error"]
    for finding in errors[:5]:
        yield Lack(
            "questionnaire",
            "warn",
            Message("surveys.questionnaire", finding_place=finding.place, finding_message=finding.message),
        )
    told_by = telling(definition)
    ends = [(screen.key, screen.rule) for screen in definition.screens]
    ends += [(quota.key, quota.rule) for quota in definition.quotas]
    for key, rule in ends:
        if told_by & set(questions_in(rule)):
            yield Lack("questionnaire", "stop", Message("surveys.ended_by_the_answer", key=key), True)
    yield from _legal(survey, definition.legal)


def _legal(survey: Survey, legal: Legal) -> Iterator[Lack]:
    """Marks are optional; where they are given, what is asked is what was approved, and its time is not over."""
    if not legal.marks("zh"):
        return
    asked = asked_digest(survey.questionnaire.body)
    if not legal.approved.strip():
        yield Lack("questionnaire", "stop", Message("surveys.approved_not_named", digest=asked))
    elif legal.approved.strip() != asked:
        approved = legal.approved.strip()
        yield Lack("questionnaire", "stop", Message("surveys.approved_another", digest=asked, approved=approved))
    ends = end_of_validity(legal, survey.time_zone)
    if ends is not None and ends <= datetime.now(UTC):
        yield Lack("questionnaire", "stop", Message("surveys.validity_over", day=legal.last_day))
    elif ends is not None and survey.closes_at and ends < survey.closes_at:
        yield Lack("questionnaire", "warn", Message("surveys.validity_ends_first", day=legal.last_day))


def _rates(survey: Survey, kind: str, otherwise: bool) -> bool:
    """Whether the city's programme rates such units."""
    try:
        return kind in programme_for(survey.city).units
    except NoProgrammeError:
        return otherwise


def _areas(survey: Survey) -> Iterator[Lack]:
    if not units(survey.city_id) and _rates(survey, "county", True):
        yield Lack("areas", "stop", Message("surveys.no_counties_yet_import", survey_city_name=survey.city.name), True)

    bare = [place.name for place in units(survey.city_id) if not place.name_en]
    if bare:
        yield Lack("areas", "warn", Message("surveys.places_without_english_name", bare=_some(bare)))


def _sites(survey: Survey) -> Iterator[Lack]:
    active = [site for site in survey.sites if site.active]
    sampled = [site for site in active if site.probability]
    if not sampled:
        yield Lack("sites", "stop", Message("surveys.no_sampled_site_so"), True)
        return
    for fault in [*drawn_sites.faults(sampled)][:5]:
        yield Lack("sites", "stop", fault, True)
    bare = [site.name for site in sampled if site.residents and not site.eligible]
    if bare:
        yield Lack("sites", "warn", Message("surveys.sampled_sites_residents_only", n=len(bare), bare=_some(bare)))
    loose = [site.name for site in sampled if not site.stratum]
    if loose:
        yield Lack("sites", "stop", Message("surveys.sampled_sites_no_stratum", n=len(loose), loose=_some(loose)), True)
    aimless = [site.name for site in sampled if not site.target]
    if aimless:
        yield Lack("sites", "warn", Message("surveys.sampled_sites_no_target", n=len(aimless), aimless=_some(aimless)))
    covered = {site.area_id for site in sampled} | {site.area.parent_id for site in sampled}
    empty = [place.name for place in units(survey.city_id) if place.id not in covered]
    if empty:
        yield Lack("sites", "warn", Message("surveys.places_without_sampled_site", empty=empty))


def _plan(survey: Survey) -> Iterator[Lack]:
    try:
        plan = check(survey, survey.plan)
    except DefinitionError as error:
        for problem in error.problems:
            said = f"{problem.line}: {problem.key} {problem.message}"
            yield Lack("plan", "stop", Message("surveys.plan_line", said=said), True)
        return
    if (
        plan.respondents is None and survey.state == "draft"
    ):  # a plan that was locked before it had to say keeps its meaning
        yield Lack("plan", "stop", Message("surveys.plan_says_nothing_of_respondents", ways=WAYS), True)
    if plan.modes and not set(plan.modes) & set(WITHOUT_A_PHONE):
        yield Lack("plan", "warn", Message("surveys.nobody_without_a_phone", ways=plan.modes))
    zones = [place.name for place in units(survey.city_id) if place.kind == "zone"]
    if zones and AREA_VARIABLES["zone"] not in plan.domains and _rates(survey, "zone", False):
        yield Lack("plan", "warn", Message("surveys.plan_no_domain_of_zones", zones=_some(zones)))
    yield from _cards(survey, plan)
    margins = plan.margins()
    if not margins:
        yield Lack("plan", "warn", Message("surveys.plan_no_margins_so"))
    if plan.flagged is not None and plan.flagged.exclude and not plan.flagged.kinds:
        yield Lack("plan", "warn", Message("surveys.plan_no_kinds", kinds=plan.flag_kinds))
    totals = {name: sum(levels.values()) for name, levels in margins.items()}
    if totals and max(totals.values()) - min(totals.values()) > 0.001 * max(totals.values()):
        said = "、".join(f"{name} {total:,.0f}" for name, total in totals.items())
        yield Lack("plan", "stop", Message("surveys.margins_add_up_different", said=said), True)
    strata = Counter(site.stratum for site in survey.sites if site.probability and site.active)
    single = [str(name) for name, number in strata.items() if number == 1]
    if single:
        level: Literal["stop", "warn"] = "stop" if plan.singleton == "fail" else "warn"
        yield Lack("plan", level, Message("surveys.strata_one_sampled_site", single=_some(single)), level == "stop")


def _cards(survey: Survey, plan: Plan) -> Iterator[Lack]:
    """Sites where nobody can answer, where invitations are the only way and none was made."""
    if plan.respondents is None or plan.respondents.ways != ("invitations",):
        return
    invited = set(db.session.scalars(select(Invitation.site_id).where(Invitation.survey_id == survey.id).distinct()))
    bare = [site.name for site in survey.sites if site.probability and site.active and site.id not in invited]
    if bare:
        yield Lack("sites", "warn", Message("surveys.sampled_sites_no_invitations", n=len(bare), bare=_some(bare)))


def _dates(survey: Survey) -> Iterator[Lack]:
    if survey.opens_at is None:
        yield Lack("dates", "warn", Message("surveys.no_opening_time_set"))
    if survey.closes_at is None:
        yield Lack("dates", "stop", Message("surveys.closing_time_missing"))
    elif survey.closes_at <= datetime.now(UTC):
        yield Lack("dates", "stop", Message("surveys.closing_time_passed"))
    elif survey.opens_at and survey.opens_at >= survey.closes_at:
        yield Lack("dates", "stop", Message("surveys.would_close_before_opens"))
    yield from _closing(survey)


def _closing(survey: Survey) -> Iterator[Lack]:
    """An official survey closes when its plan says; another one is not for scoring."""
    if naming_of(survey) is None:
        period = unnamed_period(survey.city_id)
        if period is not None and period.asks_official and not survey.demo:
            yield Lack("dates", "warn", Message("official.none_named", period=period.code))
        return
    if survey.closes_at is None:
        return
    try:
        stated = plan_of(survey).closing.moment
    except DefinitionError:  # told among the plan's faults
        return
    if stated is not None and stated != survey.closes_at:
        zone = ZoneInfo(survey.time_zone)
        plan, settings = with_zone(stated, zone), with_zone(survey.closes_at, zone)
        yield Lack("dates", "stop", Message("official.closing_differs", plan=plan, settings=settings), True)


def _public(survey: Survey) -> Iterator[Lack]:
    """Who answers for what citizens say; nothing simulated needs it."""
    if survey.demo:
        return
    missing = imprint().missing()
    if missing:
        names, variables = (
            [Message(f"settings.said_{name}") for name in missing],
            [f"MINYI_{name.upper()}" for name in missing],
        )
        yield Lack("public", "stop", Message("surveys.nobody_answers_for_data", names=names, variables=variables))
    rest = not_said(name for name in imprint().missing(EXPECTED) if name not in missing)
    if rest:
        yield Lack("public", "warn", rest)


def _address(survey: Survey) -> Iterator[Lack]:
    base = shown_base(survey.demo)
    if not base:
        yield Lack("public", "warn", Message("answering.no_public_url"))
    elif is_local(base):
        yield Lack("address", "warn", Message("surveys.codes_lead_which_only", base=base))


def _some(names: list[str]) -> list[str]:
    return names[:5] + ["…"] * (len(names) > 5)
