"""Two people: one states, another account confirms on one page in one press."""

from __future__ import annotations

import pytest
from markupsafe import Markup
from sqlalchemy import select

from survey_app.console.two_persons import SHOWN, Shown, shows
from survey_app.files import stored
from survey_app.ground import sign_off, two_persons
from survey_app.ground.sign_off import SignOffError
from survey_app.ground.two_persons import Kind
from survey_app.ground.uploads import Handed
from survey_app.models import AuditEntry, Grant, Statement, db
from tests.support.city import small_city
from tests.support.people import enter, person
from wording import Refusal

pytestmark = pytest.mark.usefixtures("in_chinese")
PDF = b"%PDF-1.7 letter"


@pytest.fixture
def tried(sqlite_app):
    """A kind of statement that writes down what it carried out; 'no' in its content refuses."""
    done: list[int] = []

    def carry_out(statement: Statement) -> None:
        if statement.content.get("no"):
            raise Refusal("已经不是这样了")
        done.append(statement.id)

    two_persons.add(Kind("tried", carry_out))
    shows(Shown("tried", "试一试", lambda one: Markup(f"<p>内容 {one.content['n']}</p>"), lambda _one: "/console/"))
    sqlite_app.config.update(WTF_CSRF_ENABLED=False, WTF_CSRF_METHODS=[])
    small_city()
    yield done
    del two_persons.KINDS["tried"], SHOWN["tried"]


def stated(by: str, **content) -> Statement:
    source = Handed(stored.put(PDF, "application/pdf"), "来源.pdf")
    made = two_persons.state("tried", "survey:wave1", {"n": 7, **content}, "来源不符", source, by)
    db.session.commit()
    return made


def test_the_same_account_is_refused_whatever_roles_it_holds_and_another_confirms_in_one_press(sqlite_app, tried):
    anna, ben = person("manager").user, person("scorer").user
    db.session.add_all([Grant(user=anna, role=role) for role in ("evaluator", "scorer", "administrator")])
    made = stated(anna.username)
    address = f"/console/two-persons/{made.id}"
    own = enter(sqlite_app.test_client(), anna)
    assert "须由另一个账号的人确认" in own.get(address).get_data(as_text=True)
    refused = own.post(address, data={"step": "confirm"})
    assert refused.status_code == 422
    assert "不能自己批准" in refused.get_data(as_text=True)
    assert not tried
    assert sign_off.standing(made.subject).state == "proposed"
    other = enter(sqlite_app.test_client(), ben)
    page = other.get(address).get_data(as_text=True)
    assert all(said in page for said in ("来源不符", "来源.pdf", "内容 7", anna.username))
    assert other.get(f"{address}/source").data == PDF
    assert other.post(address, data={"step": "confirm"}).status_code == 302
    assert tried == [made.id]
    assert two_persons.of("survey:wave1", only="approved") == [made]
    assert sign_off.standing(made.subject).steps[-1].by == ben.username
    assert other.post(address, data={"step": "confirm"}).status_code == 422  # once only
    trail = db.session.scalars(select(AuditEntry).where(AuditEntry.subject == made.subject)).all()
    assert [(entry.action, entry.actor) for entry in trail][1:] == [("sign_off.approved", ben.username)]
    assert trail[0].after["about"] == "survey:wave1"
    assert trail[0].after["file"] == "来源.pdf"


def test_what_waits_and_for_whom_stands_on_the_home_page_of_both(sqlite_app, tried):
    anna = person("manager").user
    home = enter(sqlite_app.test_client(), anna)
    stated(anna.username)
    assert "还没有另一个可以确认的账号" in home.get("/console/").get_data(as_text=True)
    ben, county = person("evaluator").user, person("evaluator", "甲县").user
    page = home.get("/console/").get_data(as_text=True)
    assert "待第二人确认" in page
    assert ben.username in page
    assert county.username not in page
    assert "试一试" in enter(sqlite_app.test_client(), ben).get("/console/").get_data(as_text=True)
    assert "试一试" not in enter(sqlite_app.test_client(), county).get("/console/").get_data(as_text=True)


def test_what_is_no_longer_so_is_refused_at_the_press_and_nothing_is_signed(sqlite_app, tried):
    made = stated(person("manager").user.username, no=True)
    other = enter(sqlite_app.test_client(), person("evaluator").user)
    answer = other.post(f"/console/two-persons/{made.id}", data={"step": "confirm"})
    assert answer.status_code == 422
    assert "已经不是这样了" in answer.get_data(as_text=True)
    assert sign_off.standing(made.subject).state == "proposed"


def test_it_is_sent_back_with_a_reason_or_withdrawn_by_whoever_stated_it(sqlite_app, tried):
    anna = person("manager").user
    other = enter(sqlite_app.test_client(), person("evaluator").user)
    first, second = stated(anna.username), stated(anna.username)
    page = f"/console/two-persons/{first.id}"
    assert other.post(page, data={"step": "turn_down"}).status_code == 422
    assert other.post(page, data={"step": "turn_down", "comment": "来源不对"}).status_code == 302
    mine = enter(sqlite_app.test_client(), anna)
    assert mine.post(f"/console/two-persons/{second.id}", data={"step": "turn_down"}).status_code == 302
    assert [sign_off.standing(one.subject).state for one in (first, second)] == ["returned", "withdrawn"]
    assert two_persons.waiting() == []
    assert not tried


@pytest.mark.parametrize(("reason", "source"), [(" ", Handed("x", "x")), ("来源不符", None)])
def test_a_reason_and_a_source_are_needed(tried, reason, source):
    with pytest.raises(SignOffError):
        two_persons.state("tried", "survey:wave1", {}, reason, source, "anna")
    assert two_persons.waiting() == []


def test_a_console_with_one_account_says_at_the_lock_that_a_second_is_needed(sqlite_app):
    small_city(state="draft")
    client = enter(sqlite_app.test_client(), person("administrator").user)
    person("evaluator", "甲县")  # signs nothing of the whole city
    check = "/console/surveys/wave1/check?to=locked"
    assert "结果须由两个人签署" in client.get(check).get_data(as_text=True)
    person("scorer")
    assert "结果须由两个人签署" not in client.get(check).get_data(as_text=True)
