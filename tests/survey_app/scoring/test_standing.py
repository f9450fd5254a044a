"""Every total says of when it is and from which run, whether it was signed, and what has changed since."""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from analysis.scoring import load_rulebook
from analysis.scoring.documents import read_scorecard
from survey_app.answering.open_sites import open_site
from survey_app.answering.submission import submit
from survey_app.ground import sign_off
from survey_app.models import EstimateRun, IndicatorValue, Period, Response, ScoringRun, Site, db
from survey_app.responses.flags import set_flag
from survey_app.scoring import final_runs
from survey_app.scoring.standing import open_vetoes, ranked, standings
from survey_app.surveys.freshness import FLAGS, RESPONSES, VALUES, changed_since
from survey_app.values.periods import current_period
from survey_app.values.reading import value_rows
from tests.support.city import FORM, scored_city, the_survey
from tests.support.people import client_of
from tests.support.runs import run_estimate, run_scoring
from tests.support.scoring_city import area, estimate, put, value_of
from tests.support.stored import begins_with

pytestmark = begins_with(scored_city)


def fill(name: str) -> None:
    """The highest tier of every indicator, but for what is there already."""
    place, period = area(name), current_period()
    rulebook = load_rulebook(period.rulebook_of(place))
    there = {(row.indicator, row.metric) for row in value_rows(place, rulebook.id, period)}
    key = {"period": period.code, "area_id": place.id, "rulebook_id": rulebook.id}
    for indicator in rulebook.indicators:
        for metric in indicator.metrics:
            if (str(indicator.number), metric.key) not in there:
                value = value_of(indicator.kind, metric.kind, low=False)
                db.session.add(IndicatorValue(**key, indicator=str(indicator.number), metric=metric.key, value=value))
    db.session.commit()


def newest_run() -> EstimateRun:
    return db.session.scalars(select(EstimateRun).order_by(EstimateRun.id.desc())).first()


def newest_batch() -> list[ScoringRun]:
    runs = db.session.scalars(select(ScoringRun).order_by(ScoringRun.id)).all()
    return [run for run in runs if run.batch == runs[-1].batch]


def answer(code: str) -> Response:
    site = db.session.scalars(select(Site).where(Site.code == code)).one()
    receipt = submit(open_site(site), FORM, secrets.token_hex(8), "zh", datetime.now(UTC))
    db.session.commit()
    return db.session.scalars(select(Response).where(Response.receipt == receipt.number)).one()


def sampled() -> Response:
    return db.session.scalars(select(Response).where(Response.probability)).first()


def void_one():
    sampled().state = "voided"
    db.session.commit()


def erase_one():
    db.session.delete(sampled())
    db.session.commit()


def flag_one():
    set_flag(sampled(), "像是同一个人", "anna")
    db.session.commit()


@pytest.mark.parametrize(
    ("happens", "told"),
    [
        (lambda: None, ()),
        (lambda: answer("aaa2222"), (RESPONSES,)),
        (void_one, (RESPONSES,)),
        (erase_one, (RESPONSES,)),
        (flag_one, (FLAGS,)),
        (lambda: answer("ccc4444"), ()),  # of an open venue: no estimate reads it
    ],
    ids=["nothing", "another answer", "a voided one", "an erased one", "a flag", "an answer at an open venue"],
)
def test_an_estimate_says_what_has_changed_since(app, happens, told):
    run = newest_run()
    happens()
    assert changed_since([run.id]) == {run.id: told}
    again = run_estimate(the_survey())
    assert changed_since([run.id, again.id]) == {run.id: told, again.id: ()}


def test_one_answer_that_came_for_one_that_went_is_a_change(app):
    run = newest_run()
    void_one()
    answer("aaa2222")
    assert changed_since([run.id])[run.id] == (RESPONSES,)


def test_a_batch_says_that_a_value_changed_since_and_a_new_batch_does_not(app):
    first = newest_batch()
    assert standings([first])[0].changed == ()
    put(area("某市"), 1, "online", 0.5)
    assert standings([first])[0].changed == (VALUES,)
    second = run_scoring(newest_run())
    assert [row.changed for row in standings([first, second])] == [(VALUES,), ()]


def test_values_of_another_period_leave_a_trials_batch_as_it_was(app):
    for name in ("某市", "甲县", "乙县"):
        fill(name)
    trial = final_runs.make_run(final_runs.TRIAL, area("某市"), newest_run(), current_period(), "")
    batch = final_runs.scorecards(trial)
    books = {"city_rulebook": batch[0].rulebook_id, "county_rulebook": batch[1].rulebook_id}
    db.session.add(Period(code="2031", state="closed", **books))
    db.session.commit()
    value = IndicatorValue(period="2031", area_id=batch[0].area_id, rulebook_id=batch[0].rulebook_id, indicator="1")
    value.metric, value.value = "online", 0.5
    db.session.add(value)
    db.session.commit()
    stand = standings([batch])[0]
    assert (stand.kind, stand.final_id, stand.changed, stand.approved) == ("trial", trial.id, (), False)
    put(area("甲县"), 1, "online", 0.5)
    assert standings([batch])[0].changed == (VALUES,)


def test_home_lists_and_batch_say_of_when_from_which_run_unsigned_and_changed(sqlite_app):
    desk, run = client_of(sqlite_app, "evaluator"), newest_run()
    batch = newest_batch()[0].batch
    pages = ["/console/", f"/console/scores/batch/{batch}", f"/console/scores/{newest_batch()[0].id}"]
    for address in pages:
        page = desk.get(address).get_data(as_text=True)
        assert f"满意度估计 #{run.id}" in plain(page), address
        assert "未审批" in page, address
        assert "有变化" not in page, address
    answer("aaa2222")
    put(area("某市"), 1, "online", 0.5)
    lists = ["/console/scores", "/console/surveys", "/console/estimates", "/console/surveys/wave1"]
    for address in [*pages, *lists]:
        page = plain(desk.get(address).get_data(as_text=True))
        told = "此后应答有变化" if address in lists[1:] else "此后数值、应答有变化"
        assert told in page, address
        assert "未审批" in page or "未提交审批" in page, address


def test_an_approved_estimate_is_no_longer_said_to_be_unsigned(sqlite_app):
    run = newest_run()
    for step, by in ((sign_off.PROPOSED, "anna"), (sign_off.APPROVED, "ben")):
        sign_off.take_step(f"estimate:{run.id}", step, by, "好")
    db.session.commit()
    page = plain(client_of(sqlite_app, "evaluator").get("/console/surveys/wave1").get_data(as_text=True))
    assert "已批准" in page
    assert "未审批" not in page


def test_an_area_without_a_value_is_not_filled_in_and_has_no_rank(sqlite_app):
    desk = client_of(sqlite_app, "evaluator")
    rows = {row.run.area.name: row for row in ranked(newest_batch())}
    assert [(rows[name].entered, rows[name].place) for name in ("甲县", "乙县", "某市")] == [
        (False, None), (False, None), (True, None),
    ]  # fmt: skip
    for address in ("/console/", f"/console/scores/batch/{newest_batch()[0].batch}"):
        page = desk.get(address).get_data(as_text=True)
        table = page[page.index("<table") :]
        for name in ("甲县", "乙县"):
            row = plain(re.search(rf"<tr>(?:(?!</tr>).)*{name}.*?</tr>", table, re.DOTALL)[0])
            assert row.startswith(f"– {name} – 未填报"), row
    assert "评级 未填报" in plain(desk.get("/console/scorecards/11").get_data(as_text=True))


def test_equal_scores_share_a_rank_on_the_pages_and_in_a_countys_own(sqlite_app):
    for name in ("甲县", "乙县"):
        fill(name)
    batch = run_scoring(newest_run())
    for run in batch[1:]:  # satisfaction tells the two apart, which is not what is tried here
        run.scorecard = run.scorecard | {"void": False, "score_if_not_void": 50, "total": 50, "vetoed_by": []}
    db.session.commit()
    assert sorted((row.place or 0, row.run.area.name) for row in ranked(batch)) == [
        (0, "某市"),
        (1, "乙县"),
        (1, "甲县"),
    ]
    for desk in (client_of(sqlite_app, "evaluator"), client_of(sqlite_app, "auditor", "乙县")):
        page = plain(desk.get("/console/").get_data(as_text=True))
        assert "1 乙县 50" in page
        assert "2 甲县" not in page


def test_home_survey_and_fieldwork_pages_count_the_same_and_say_what(sqlite_app):
    desk = client_of(sqlite_app, "evaluator")
    answer("aaa2222")
    void_one()
    pages = [plain(desk.get(address).get_data(as_text=True)) for address in (
        "/console/", "/console/surveys/wave1", "/console/surveys/wave1/fieldwork",
    )]  # fmt: skip
    for page in pages:
        assert "抽样应答 28 / 40" in page or "调查进度 28 / 40 抽样应答：" in page
        assert re.search(r"不计入样本 14\b", page)
        assert re.search(r"今天完成 42\b", page)


def test_a_score_may_become_void_only_where_that_is_open_and_the_reason_is_named(sqlite_app):
    desk = client_of(sqlite_app, "evaluator")
    fill("甲县")
    county = run_scoring(newest_run())[1]
    settled = {"void": False, "may_be_vetoed_by": [], "vetoed_by": []}
    county.scorecard = county.scorecard | settled
    db.session.commit()
    assert "可能整体不得分" not in desk.get(f"/console/scores/{county.id}").get_data(as_text=True)
    put(area("甲县"), deduction(county), "major_incident", None)
    unsure = run_scoring(estimate(the_survey()))[1]
    number = deduction(county)
    page = plain(desk.get(f"/console/scores/{unsure.id}").get_data(as_text=True))
    assert re.search(rf"可能整体不得分：{number} \S+尚不知道\(", page), page
    put(area("甲县"), number, "major_incident", True)
    void = run_scoring(estimate(the_survey()))[1]
    assert void.scorecard["void"]
    assert "可能整体不得分" not in desk.get(f"/console/scores/{void.id}").get_data(as_text=True)


def test_the_card_of_an_earlier_release_tells_why_it_may_become_void():
    card = {
        "void": False, "star_level": "三星级", "range": {"may_be_void": True}, "unknown": [{"number": 37, "metric": "major_incident"}],
        "indicators": [
            {"number": 37, "name": "网络安全", "kind": "deduction", "state": "unknown"},
            {"number": 1, "name": "在线率", "kind": "tiered", "state": "unknown"},
        ],
    }  # fmt: skip
    assert open_vetoes(read_scorecard(card)) == [{"number": 37, "name": "网络安全", "unknown": ["major_incident"]}]
    assert open_vetoes(read_scorecard(card | {"void": True})) == []
    assert open_vetoes(read_scorecard(card | {"range": {"may_be_void": False}})) == []


def deduction(run: ScoringRun) -> int:
    return next(row["number"] for row in run.scorecard["indicators"] if row["kind"] == "deduction")


def plain(page: str) -> str:
    """The text of a page, one space between words."""
    return " ".join(re.sub(r"<[^>]+>", " ", re.sub(r"<(script|style|svg).*?</\1>", "", page, flags=re.DOTALL)).split())
