"""A worker to which a whole city comes asks for all sites at once, and sees a change as soon as one that asks for each."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import event, select, text

from survey_app.answering import open_sites, site_rows
from survey_app.answering.open_sites import find_address, find_site
from survey_app.models import Area, Site, Survey, db
from tests.support.city import small_city
from tests.support.stored import begins_with

SITES = 300


def large_city() -> None:
    survey = small_city()
    area = db.session.scalars(select(Area).where(Area.kind == "county").order_by(Area.id)).first()
    for number in range(SITES - len(survey.sites)):
        survey.sites.append(Site(code=f"n{number:06}", name=f"{number}号点", kind="community", area_id=area.id))
    db.session.commit()


@pytest.fixture
def clock(monkeypatch):
    """Seconds that a test has let pass."""
    passed, began = [0.0], time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: began + passed[0])
    return passed


@pytest.fixture
def asked(app):
    statements: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    return statements


def queries(asked: list[str], codes: list[str], find=find_site) -> int:
    asked.clear()
    assert [found.code for found in map(find, codes)] == codes
    return sum("FROM site" in each for each in asked)


@begins_with(large_city)
def test_many_sites_cost_one_query_in_three_seconds_and_few_one_each(app, asked, clock):
    codes = list(db.session.scalars(select(Site.code).order_by(Site.id)))
    assert queries(asked, codes) == site_rows.MANY + 1
    for _window in range(3):
        clock[0] += open_sites.KEPT_SECONDS
        assert queries(asked, codes) == 1
        assert queries(asked, codes) == 0
        assert queries(asked, codes, find_address) == 0, "the same rows"
    clock[0] += open_sites.KEPT_SECONDS
    assert queries(asked, codes[:5]) == 1
    clock[0] += open_sites.KEPT_SECONDS
    assert queries(asked, codes[:5]) == 5, "few came meanwhile"


@begins_with(large_city)
@pytest.mark.parametrize("many", [False, True])
def test_whoever_changes_a_site_is_seen_within_three_seconds(app, asked, clock, many):
    codes = list(db.session.scalars(select(Site.code).order_by(Site.id)))
    queries(asked, codes if many else codes[:5])
    clock[0] += open_sites.KEPT_SECONDS
    queries(asked, codes if many else codes[:5])
    clock[0] += open_sites.KEPT_SECONDS - 0.1
    for statement in (
        f"UPDATE site SET name = '改名' WHERE code = '{codes[1]}'",  # by no way that the program knows
        f"UPDATE site SET active = false WHERE code = '{codes[2]}'",
        f"UPDATE site SET address = 'moved22' WHERE code = '{codes[3]}'",
    ):
        db.session.execute(text(statement))
    db.session.add(Site(code="new2222", name="新点", kind="park", area_id=1, survey_id=the_survey_id()))
    db.session.commit()
    assert find_site(codes[1]).name != "改名", "it is kept so long"
    clock[0] += 0.1
    assert find_site(codes[1]).name == "改名"
    assert find_site(codes[2]) is None
    assert find_address("moved22").psu == codes[3]
    assert find_site("new2222").name == "新点"
    assert find_site("nobody2") is None


def the_survey_id() -> int:
    return db.session.scalars(select(Survey.id)).one()


def test_guessed_codes_take_no_room_from_sites(app, clock, monkeypatch):
    small_city()
    monkeypatch.setattr(open_sites, "MOST_KEPT", 10)
    kept = open_sites.of_process().setdefault("minyi_sites", {})
    for number in range(40):
        clock[0] += 1.0
        assert find_site("aaa2222").code == "aaa2222"
        assert find_site(f"guess{number}") is None
        assert len(kept) <= 12
        assert "aaa2222" in kept
