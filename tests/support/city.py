"""A small city for tests: one survey, two sampled sites and an open venue; with answers and runs where asked for."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

import numpy as np
from sqlalchemy import select, update

from analysis.scoring.programme_files import questionnaire_named
from definitions import digest
from survey_app.answering.open_sites import open_site
from survey_app.answering.submission import submit
from survey_app.jobs.queue import enqueue
from survey_app.models import Area, IndicatorValue, Period, QuestionnaireVersion, Site, Survey, db
from survey_app.people.accounts import create_account
from tests.support.indicators import led_by, with_evidence, with_imports

PLAN = """
measure: {question: measure, satisfied: [4, 5], scale: [1, 2, 3, 4, 5]}
design: {strata: stratum, psu: psu, weight: base_weight}
domains: [rated_county, home_county]
singleton: adjust
"""
FORM = {
    "home": ["甲县"], "age": ["30-44"], "overall": ["4"], "sex": ["female"],
    "services__bus": ["5"], "services__parking": ["0"], "recommend": ["8"], "comment": ["很好"],
}  # fmt: skip


POSTERS = PLAN + "respondents: {by: posters, exception: 本次只张贴海报。}\n"  # of a draft, which must say who answers


def small_city(**changes: object) -> Survey:
    """Store the city and give its open survey; `changes` override columns of the survey. A draft can be locked.

    It is an installation from before: no period asks for an official survey, and every survey shows its figures.
    """
    db.session.execute(update(Period).values(asks_official=False))
    if changes.get("state") == "draft":
        changes = {"plan": POSTERS, "plan_digest": digest(POSTERS)} | changes
    city = Area(code="1", name="某市", kind="city", residents=300_000)
    county = Area(code="11", name="甲县", name_en="Jia", kind="county", parent=city, residents=200_000)
    zone = Area(code="11-Z", name="甲县新区", name_en="Zone", kind="zone", parent=county, residents=50_000)
    other = Area(code="12", name="乙县", name_en="Yi", kind="county", parent=city, residents=100_000)
    db.session.add_all([city, county, zone, other])
    db.session.flush()
    moment = datetime.now(UTC)
    columns = {
        "code": "wave1", "title": "某市市民体验调查", "state": "open", "city": city, "plan": PLAN,
        "plan_digest": digest(PLAN), "opens_at": moment - timedelta(days=1), "closes_at": moment + timedelta(days=9),
        "questionnaire": library_version(),
    }  # fmt: skip
    survey = Survey(**(columns | changes))
    for code, area, probability in (("aaa2222", county, True), ("bbb3333", other, True), ("ccc4444", zone, False)):
        survey.sites.append(
            Site(
                code=code,
                name=f"{area.name}一号点",
                kind="community",
                area_id=area.id,
                probability=probability,
                stratum=area.name if probability else None,
                base_weight=100.0 if probability else None,
                target=20,
            )
        )
    db.session.add(survey)
    db.session.commit()
    return survey


def library_version(name: str = "citizen-experience-2023") -> QuestionnaireVersion:
    """A questionnaire that a programme brings, as it is stored; its own tests have read it."""
    body = questionnaire_named(name) or ""
    return QuestionnaireVersion(name=name, digest=digest(body), body=body)


def the_survey() -> Survey:
    return db.session.scalars(select(Survey)).one()


def draft_city() -> None:
    small_city(state="draft")


def simulated_city() -> None:
    """The small city with forty-two answers, said to be simulated, and one indicator value."""
    survey = small_city(demo=True)
    for site in survey.sites:
        view = open_site(site)
        for number in range(14):
            form = {**FORM, "home": [_home(site)], "overall": [str(2 + number % 4)]}
            submit(view, form, secrets.token_hex(8), "zh", datetime.now(UTC) - timedelta(minutes=2))
    key = {"area": survey.city, "rulebook_id": "jining-2023-municipal", "indicator": "1", "metric": "online"}
    db.session.add(IndicatorValue(**key, value=0.96))
    db.session.commit()


def scored_city() -> None:
    """The simulated city with an estimate and its scorecards; 某局 of 甲县 leads indicator 1, and has sent files."""
    simulated_city()
    create_account("admin", "administrator")
    enqueue("estimate", {"survey": the_survey().id}, "admin")
    led_by("甲县", "1", "某局")
    with_evidence("11", "1")
    with_imports("11")


def answered_city(number: int = 90, **changes: object) -> Survey:
    """The small city with answers that differ by person and rate three services; `number` at each sampled site."""
    return answered(small_city(**changes), number)


def answered(survey: Survey, number: int) -> Survey:
    """The survey with those answers."""
    r = np.random.default_rng(5)
    for site in survey.sites:
        view = open_site(site)
        for _ in range(number if site.probability else 5):
            mood = r.normal(3.6, 1)
            codes = {key: int(np.clip(round(mood + r.normal(0, 0.8)), 1, 5)) for key in ("bus", "parking", "health")}
            overall = int(np.clip(round(0.6 * codes["health"] + 0.4 * codes["bus"] + r.normal(0, 0.5)), 1, 5))
            sex = str(r.choice(["male", "female"]))
            form = {**FORM, "home": [_home(site)], "overall": [str(overall)], "sex": [sex]}
            form |= {f"services__{key}": [str(code)] for key, code in codes.items()}
            form["services__parking"] = [str(codes["parking"] if r.uniform() < 0.6 else 0)]
            submit(view, form, secrets.token_hex(8), "zh", datetime.now(UTC) - timedelta(minutes=3))
    return survey


def _home(site: Site) -> str:
    """The county that people at this site live in."""
    return site.area.name.removesuffix("新区")


def listed_number(code: str = "aaa2222") -> str:
    """A number on the list of a site, as it is written; drawn where there is none."""
    from survey_app.answering.invitation_codes import written_serial
    from survey_app.fieldwork.invitations import make, of_site

    site = db.session.query(Site).filter_by(code=code).one()
    persons = of_site(site)
    return written_serial(persons[0].serial if persons else make(site, 1)[0].serial)


def tablet(code: str = "aaa2222") -> int:
    """The id of a site's tablet link; made where there is none."""
    from survey_app.answering.devices import make_device
    from survey_app.models import DeviceLink

    site = db.session.query(Site).filter_by(code=code).one()
    found = db.session.query(DeviceLink).filter_by(site_id=site.id).first() or make_device(site, "平板", 9, "anna")
    db.session.commit()
    return found.id
