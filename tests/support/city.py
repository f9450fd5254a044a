"""A small city for tests: one survey, two sampled sites and an open venue, no simulated answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib.resources import files

from definitions import digest
from survey_app.answering.definitions import store_version
from survey_app.models import Area, Site, Survey, db

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


def small_city(**changes: object) -> Survey:
    """Store the city and give its open survey; `changes` override columns of the survey."""
    city = Area(code="1", name="某市", kind="city", residents=300_000)
    county = Area(code="11", name="甲县", name_en="Jia", kind="county", parent=city, residents=200_000)
    zone = Area(code="11-Z", name="甲县新区", name_en="Zone", kind="zone", parent=county, residents=50_000)
    other = Area(code="12", name="乙县", name_en="Yi", kind="county", parent=city, residents=100_000)
    db.session.add_all([city, county, zone, other])
    db.session.flush()
    body = files("questionnaires").joinpath("library/citizen-experience-2023.yaml").read_text(encoding="utf-8")
    moment = datetime.now(UTC)
    columns = {
        "code": "wave1", "title": "某市市民体验调查", "state": "open", "city": city, "plan": PLAN,
        "plan_digest": digest(PLAN), "opens_at": moment - timedelta(days=1), "closes_at": moment + timedelta(days=9),
        "questionnaire": store_version(body, "citizen-experience-2023"),
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
