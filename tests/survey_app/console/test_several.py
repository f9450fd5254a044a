"""What is ticked in a list is changed together, each thing with its own line in the trail, or not at all."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from survey_app.models import AuditEntry, Site, User, db
from tests.support.city import scored_city, the_survey
from tests.support.people import client_of, person
from tests.support.stored import begins_with

pytestmark = begins_with(scored_city)


@pytest.fixture
def unguarded(sqlite_app):
    sqlite_app.config.update(WTF_CSRF_ENABLED=False, WTF_CSRF_METHODS=[])
    return sqlite_app


def told(action: str) -> int:
    return db.session.scalar(select(func.count()).where(AuditEntry.action == action))


def test_ticked_sites_are_retired_together_or_not_at_all(unguarded):
    client, sites = client_of(unguarded, "manager"), db.session.scalars(select(Site)).all()
    here = f"/console/surveys/{the_survey().code}/access"
    assert f'type="checkbox" name="site" value="{sites[0].code}"' in client.get(here).get_data(as_text=True)
    codes = [site.code for site in sites[:2]]
    assert (
        "请写明理由" in client.post(f"{here}/several", data={"site": codes, "do": "retire"}, follow_redirects=True).text
    )
    client.post(f"{here}/several", data={"site": codes, "do": "retire", "reason": "拆迁"})
    assert (told("site.retire"), sites[0].active, sites[1].active) == (2, False, False)
    again = [codes[0], sites[2].code]
    client.post(f"{here}/several", data={"site": again, "do": "retire", "reason": "拆迁"})
    assert sites[2].active, "one of them is retired already, so none is"


def test_a_county_changes_only_its_own_sites(unguarded):
    client = client_of(unguarded, "manager", "乙县")
    site = next(site for site in db.session.scalars(select(Site)) if site.area.name == "甲县")
    here = f"/console/surveys/{the_survey().code}/access/several"
    assert (
        "请先勾选"
        in client.post(here, data={"site": site.code, "do": "retire", "reason": "x"}, follow_redirects=True).text
    )
    assert site.active


def test_ticked_accounts_are_deactivated_with_a_reason_and_never_ones_own(unguarded):
    grant = person("administrator")
    client, others = client_of(unguarded, "administrator"), [person("evaluator").user for _ in range(2)]
    me = db.session.scalars(select(User).order_by(User.id.desc())).all()[2]
    data = {"account": [str(user.id) for user in (*others, me)], "active": "no"}
    assert "请写明理由" in client.post("/console/accounts/several", data=data, follow_redirects=True).text
    page = client.post("/console/accounts/several", data={**data, "reason": "轮岗"}, follow_redirects=True).text
    assert "已停用2个账号" in page
    assert [user.active for user in (*others, me, grant.user)] == [False, False, True, True]
