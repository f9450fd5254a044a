"""Load the demonstration: areas, sample, a locked plan and values at once; simulated answers, problems and the first
runs by as many attempts as it takes, each going on where the one before was stopped."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import StringIO
from math import ceil

import numpy as np
from ruamel.yaml import YAML
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from analysis.plan_parts import PROCESS_KINDS
from analysis.scoring.programme import load_programme
from analysis.scoring.programme_files import questionnaire_named
from definitions import digest
from survey_app.answering.definitions import store_version
from survey_app.answering.invitation_links import OPEN, OpenInvitation
from survey_app.answering.open_sites import open_site
from survey_app.answering.submission import submit
from survey_app.demo.answers import simulated_form, site_moods
from survey_app.demo.city import Unit, create_areas, fieldwork_units, margins
from survey_app.demo.fresh import add_fresh
from survey_app.demo.indicators import store_values
from survey_app.demo.sites import TAKE, draw_sites, open_venues
from survey_app.demo.tickets import store_tickets
from survey_app.estimates.runs import make_run
from survey_app.fieldwork.invitations import MOST_AT_ONCE, make_each
from survey_app.ground.rulebooks import name_in
from survey_app.jobs.queue import Silent
from survey_app.models import Area, EstimateRun, Invitation, ResponseCount, ScoringRun, Site, Survey, Ticket, db
from survey_app.scoring.runs import score_run
from survey_app.surveys.plan_versions import lock_plan
from survey_app.values.periods import current_period
from survey_app.values.rulebooks import rated_areas
from wording import Message

PROGRAMME = "jining-2023"
SEED = 370800
OPEN_SHARE = 0.12  # of the responses, from open venues
BATCH = 50  # so that who tries the city meanwhile never waits long for SQLite's one writer
INVITED = 40  # persons of a sampled site who get a card, so that TAKE answer


@dataclass(frozen=True)
class DemoReport:
    """What was loaded, and the first runs made from it."""

    survey: Survey
    responses: int
    estimate_run: EstimateRun
    scoring_runs: list[ScoringRun]


Told = Callable[[Message, int, int], object]  # step, done, of


def load(responses: int, progress: Told) -> DemoReport:
    """Make the demonstration city with `responses` simulated answers; `progress` is told."""
    progress(Message("lines.demo_areas"), 0, 1)
    return fill(*begin(responses), responses, progress)


def begin(responses: int) -> tuple[Survey, np.random.Generator]:
    """The city with a survey that `responses` persons can answer, and the random numbers as they stand. Commits."""
    generator = np.random.default_rng(SEED)
    areas = create_areas()
    name_in(current_period(), load_programme(PROGRAMME), areas[0])
    units = fieldwork_units(areas)
    body = questionnaire_named(PROGRAMME)
    assert body is not None
    plan = demo_plan(units)
    start = datetime.now(UTC) - timedelta(days=14)
    survey = Survey(
        code="jining-demo", title="济宁市新型智慧城市市民体验调查(演示)", state="open", city=areas[0],
        opens_at=start, closes_at=start + timedelta(days=60), questionnaire=store_version(body, "citizen-experience-2023"),
        plan=plan, plan_digest=digest(plan), demo=True,
    )  # fmt: skip
    sites = [*draw_sites(survey, units, generator), *open_venues(survey, units)]
    db.session.add_all([survey, *sites])
    db.session.flush()
    lock_plan(survey).made_at = survey.locked_at = start
    store_values(rated_areas(areas[0]), generator)
    _invite(survey, [site for site in sites if site.probability], responses)
    db.session.commit()
    return survey, generator


def fill(survey: Survey, generator: np.random.Generator, responses: int, progress: Told) -> DemoReport:
    """What is still lacking of answers, problems, estimate and scorecards. Commits after every step."""
    _answer(survey, responses, generator, progress)
    if db.session.scalar(select(Ticket.id).where(Ticket.demo).limit(1)) is None:
        progress(Message("lines.demo_problems"), 0, 1)
        store_tickets(survey, np.random.default_rng(SEED + 1))
        db.session.commit()
    progress(Message("lines.demo_estimate"), 0, 1)
    estimate_run = make_run(survey, Silent())
    scored = score_run(estimate_run)
    db.session.commit()
    return DemoReport(survey, responses, estimate_run, scored)


def drawn_anew() -> np.random.Generator:
    """Other random numbers, to go on with where those of the beginning are gone."""
    return np.random.default_rng()


def unfilled() -> Survey | None:
    """The demonstration's survey while it has no estimate; None where it has, or where there is no demonstration."""
    made = select(EstimateRun.survey_id)
    return db.session.scalar(select(Survey).where(Survey.demo, Survey.id.not_in(made)).limit(1))


def demo_plan(units: list[Unit]) -> str:
    """The locked plan as YAML: raked to residence, sex and age, by rated county and the margins."""
    kinds = [kind for kind in PROCESS_KINDS if kind != "under_floor"]  # who tries it in haste sees the figure move
    document = {
        "measure": {"question": "measure", "satisfied": [4, 5], "scale": [1, 2, 3, 4, 5], "official": "share"},
        "design": {"strata": "stratum", "psu": "psu", "weight": "base_weight"},
        "calibration": {"method": "raking", "margins": margins(units)},
        "interval": {"method": "korn_graubard", "confidence": 0.95},
        "domains": ["rated_county", "home_county", "age_band", "sex"],
        "singleton": "adjust",
        "minimum": {"answers": 10, "sites": 3, "df": 3},  # low: whoever tries it with 400 answers sees every county
        "flagged": {"column": "flagged", "exclude": True, "kinds": kinds},
        "respondents": {"by": "invitations"},
        "small_areas": {"domain": "rated_county", "least_n": 30},
    }
    out = StringIO()
    writer = YAML()
    writer.dump(document, out)
    return out.getvalue()


def _invite(survey: Survey, sites: list[Site], responses: int) -> None:
    """Invitations of which about seven in ten will be used, and after them some to try."""
    number = max(INVITED, ceil(INVITED / TAKE * responses * (1 - OPEN_SHARE) / len(sites)))
    for start in range(0, number, MOST_AT_ONCE):
        make_each(survey, dict.fromkeys(sites, min(MOST_AT_ONCE, number - start)))
    add_fresh(survey)


def _answer(survey: Survey, responses: int, generator: np.random.Generator, progress: Told) -> None:
    """Submit simulated forms through the citizen's own checking and storing, in batches."""
    sites, start = sorted(survey.sites, key=lambda site: site.id), survey.locked_at
    assert start is not None
    units = fieldwork_units(list(db.session.scalars(select(Area).where(Area.demo).order_by(Area.id))))
    moods = site_moods(sites, units, generator)
    views = {site.code: open_site(site) for site in sites}
    names = [unit.area.name for unit in units]
    invited: dict[str, list[OpenInvitation]] = {}
    query = select(Invitation).where(Invitation.survey_id == survey.id, Invitation.state == OPEN)
    for invitation in db.session.scalars(query.options(joinedload(Invitation.site)).order_by(Invitation.id.desc())):
        invited.setdefault(invitation.site.code, []).append(OpenInvitation.of(invitation))
    there = db.session.scalar(select(func.sum(ResponseCount.number)).where(ResponseCount.survey_id == survey.id)) or 0
    open_codes = [site.code for site in sites if not site.probability]
    sampled = [site.code for site in sites if site.probability]
    for done in range(there, responses):
        pool = open_codes if done >= responses * (1 - OPEN_SHARE) else sampled
        view = views[pool[done % len(pool)]]
        codes = invited.get(view.code)
        form = simulated_form(view, moods[view.code], names, generator)
        began = start + timedelta(seconds=float(generator.uniform(0, 13.9 * 86400)))
        submit(
            view, form, secrets.token_hex(12), "zh", began,
            finished_at=began + timedelta(seconds=float(generator.gamma(6, 32))),
            invitation=codes.pop() if codes else None,
        )  # fmt: skip
        if done % BATCH == BATCH - 1:
            db.session.commit()
            progress(Message("lines.demo_responses"), done + 1, responses)
    db.session.commit()
    if responses % BATCH:
        progress(Message("lines.demo_responses"), responses, responses)
