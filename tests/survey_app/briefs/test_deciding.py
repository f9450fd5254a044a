"""For those who decide: the figure over the periods, counties that lead on to sites and process, notes beside figures."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from survey_app.briefs.earlier import EarlierError, add_earlier, earlier_of
from survey_app.briefs.summary import counties, over_periods
from survey_app.estimates.figure_notes import notes_of
from survey_app.estimates.pages.report import estimate_report
from survey_app.ground.stored import estimate_of
from survey_app.models import Area, AuditEntry, EarlierFigure, EstimateRun, FigureNote, db
from tests.support.city import scored_city
from tests.support.people import client_of, csrf
from tests.support.stored import begins_with

pytestmark = begins_with(scored_city)
EARLIER = {"period": "2019", "share": "68.4%", "lower": "65.5%", "upper": "71.3%", "source": "市统计局公报第3页"}


def the_run() -> EstimateRun:
    return db.session.scalars(select(EstimateRun)).one()


def sent(client, page: str, address: str, **form: str):
    token = csrf(client.get(page).get_data(as_text=True))
    return client.post(address, data={"csrf_token": token, **form})


def test_an_earlier_figure_begins_the_trend_of_the_home_page(sqlite_app):
    client = client_of(sqlite_app, "evaluator")
    assert 'id="periods"' not in client.get("/console/").get_data(as_text=True)
    assert sent(client, "/console/earlier", "/console/earlier", **EARLIER).status_code == 302
    page = client.get("/console/").get_data(as_text=True)
    assert 'id="periods"' in page
    assert "空心为以往公布的数字" in page
    table = client.get("/console/?table=periods&format=csv").get_data(as_text=True)
    assert "2019,0.684,0.655,0.713,市统计局公报第3页" in table
    points = over_periods(the_run(), estimate_of(the_run()))
    assert (points[0].period, points[0].source) == ("2019", "市统计局公报第3页")
    assert points[1].share == the_run().result["satisfied"]["estimate"]
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "earlier.add")).one()
    assert entry.after["source"] == "市统计局公报第3页"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"period": "去年"}, "周期请以年份开头"), ({"share": ""}, "0%到100%之间"), ({"share": "120%"}, "%"),
        ({"upper": ""}, "都填，或都不填"), ({"lower": "70%"}, "须在区间的下限和上限之间"), ({"source": " "}, "请写明来源"),
    ],
)  # fmt: skip
def test_a_figure_without_year_source_or_sense_is_refused(sqlite_app, changes, said):
    answer = sent(client_of(sqlite_app, "evaluator"), "/console/earlier", "/console/earlier", **(EARLIER | changes))
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)
    assert db.session.scalars(select(EarlierFigure)).all() == []


def test_a_period_is_typed_in_once_and_gives_way_to_a_run_of_its_own(app):
    city = the_run().survey.city
    add_earlier(city, "2019", 0.6, (None, None), "公报", "anna")
    with pytest.raises(EarlierError):
        add_earlier(city, "2019", 0.7, (None, None), "公报", "anna")
    add_earlier(city, str(the_run().survey.opens_at.year), 0.5, (None, None), "公报", "anna")
    points = over_periods(the_run(), estimate_of(the_run()))
    assert [bool(one.source) for one in points] == [True, False]
    assert len(earlier_of(city)) == 2


def test_a_county_leads_on_to_its_sites_and_to_how_their_answers_came(sqlite_app):
    run = the_run()
    client = client_of(sqlite_app, "evaluator")
    assert f"/console/estimates/{run.id}/counties/11" in client.get("/console/").get_data(as_text=True)
    page = client.get(f"/console/estimates/{run.id}/counties/11").get_data(as_text=True)
    assert "甲县一号点" in page
    assert "/console/sites/aaa2222/work" in page
    assert "/console/surveys/wave1/flags/process?site=aaa2222" in page
    assert "乙县一号点" not in page
    assert client.get(f"/console/estimates/{run.id}/counties/99").status_code == 404


def test_a_countys_account_opens_its_own_county_and_no_other(sqlite_app):
    client = client_of(sqlite_app, "evaluator", "甲县")
    assert client.get(f"/console/estimates/{the_run().id}/counties/11").status_code == 200
    assert client.get(f"/console/estimates/{the_run().id}/counties/12").status_code == 403


def test_a_note_stands_beside_its_figure_and_in_the_report_until_it_is_taken_back(sqlite_app):
    run, client = the_run(), client_of(sqlite_app, "evaluator")
    page, address = f"/console/estimates/{run.id}", f"/console/estimates/{run.id}/notes"
    for figure, text in (("city", "首次抽样，与电话调查不可比"), ("county:甲县", "两个点位停访四天")):
        assert sent(client, page, address, figure=figure, text=text).status_code == 302
    shown = client.get(page).get_data(as_text=True)
    assert "批注：首次抽样，与电话调查不可比" in shown
    assert "批注：甲县 · 两个点位停访四天" in shown
    assert "两个点位停访四天" in client.get(f"{page}/counties/11").get_data(as_text=True)
    words = str(estimate_report(run, estimate_of(run), "zh").blocks)
    assert words.index("首次抽样") < words.index("甲县 · 两个点位停访四天")
    first = notes_of(run)[0]
    assert sent(client, page, f"{address}/{first.id}/remove").status_code == 302
    assert "首次抽样" not in client.get(page).get_data(as_text=True)
    assert db.session.get(FigureNote, first.id).removed_by


def test_a_note_on_no_figure_or_without_words_is_refused(sqlite_app):
    run, client = the_run(), client_of(sqlite_app, "evaluator")
    page = f"/console/estimates/{run.id}"
    for form in ({"figure": "county:无县", "text": "x"}, {"figure": "city", "text": " "}):
        sent(client, page, f"{page}/notes", **form)
    assert notes_of(run) == []


def test_counties_stand_in_the_order_of_their_shares(app):
    shares = [one.share for one in counties(the_run(), estimate_of(the_run()))]
    assert len(shares) == 2
    assert shares == sorted(shares, reverse=True)
    assert db.session.scalar(select(Area.id).where(Area.code == "11"))
