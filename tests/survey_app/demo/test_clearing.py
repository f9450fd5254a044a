"""Everything simulated goes, whatever people have made on it meanwhile, and nothing else does."""

from __future__ import annotations

from sqlalchemy import func, select

from survey_app import demo
from survey_app.models import Area, AuditEntry, Grant, Job, QuotaCount, Survey, User, db, every_table
from tests.support.city import small_city
from tests.support.people import enter, person


def test_accounts_jobs_and_quotas_of_simulated_places_do_not_stand_in_the_way(sqlite_app):
    survey = small_city(demo=True)
    for area in db.session.scalars(select(Area)):
        area.demo = True
    county = db.session.scalars(select(Area).where(Area.kind == "county")).first()
    db.session.add(QuotaCount(survey_id=survey.id, key="women", count=3))
    db.session.add(Job(kind="estimate", arguments={}, by="somebody", area=county))
    name = person("evaluator", county.name).user.username
    demo.clear()
    db.session.commit()
    assert [db.session.scalar(select(func.count()).select_from(model)) for model in (Survey, Area, Job, Grant)] == [
        0
    ] * 4
    assert db.session.scalar(select(User.username)) == name
    assert db.session.scalar(select(AuditEntry.action).order_by(AuditEntry.number.desc())) == "grant.take"


def test_every_table_that_hangs_on_a_simulated_one_is_cleared(sqlite_app):
    small_city(demo=True)
    cleared = set(demo.clear()) | {"access_grant"}
    hanging = {
        key.parent.table.name for table in every_table().tables.values() for key in table.foreign_keys
        if key.column.table.name in cleared and key.ondelete not in ("CASCADE", "SET NULL")
    }  # fmt: skip
    assert hanging <= cleared


def test_every_page_of_a_demonstration_says_so_and_a_real_survey_ends_that(sqlite_app):
    small_city(demo=True)
    client = enter(sqlite_app.test_client(), person("administrator", "", "").user)
    for address in (
        "",
        "surveys",
        "surveys/new",
        "surveys/wave1",
        "areas",
        "estimates",
        "accounts",
        "audit",
        "tickets",
    ):
        page = client.get(f"/console/{address}", follow_redirects=True).get_data(as_text=True)
        assert 'class="ribbon"' in page, address
    survey = db.session.scalars(select(Survey)).one()
    db.session.add(
        Survey(
            code="real", title="x", city=survey.city, questionnaire=survey.questionnaire, plan=survey.plan,
            plan_digest=survey.plan_digest,
        )
    )  # fmt: skip
    db.session.commit()
    assert 'class="ribbon"' not in client.get("/console/surveys/real").get_data(as_text=True)
    assert 'class="ribbon"' in client.get("/console/surveys/wave1").get_data(as_text=True)
