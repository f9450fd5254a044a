"""Written answers read by search and filters, put under codes by one person or two, and estimated under a run's weights."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, select

from survey_app.answering.erasure import erase
from survey_app.answering.open_sites import open_site
from survey_app.answering.submission import submit
from survey_app.estimates.runs import make_run
from survey_app.jobs.queue import Silent
from survey_app.models import AuditEntry, Code, Coding, Response, Site, db
from survey_app.responses.labels import label_of
from survey_app.voices.coding import add_code, agreements, first_codings, frame_of, give_codes
from survey_app.voices.reading import Wanted, open_questions, texts_to_count, voices
from survey_app.voices.shares import figures_of
from tests.support.city import FORM, small_city, the_survey
from tests.support.people import client_of, csrf
from tests.support.stored import begins_with

ADDRESS = "/console/surveys/wave1/voices"
TEXTS = ("停车难，停车位太少", "公交少，等车久", "停车难", "电话13812345678没人接", "", "小区停车难")


def talking_city() -> None:
    """Twelve answers at each sampled site, ten of them with a comment."""
    small_city()
    moment = datetime.now(UTC)
    for code in ("aaa2222", "bbb3333"):
        view = open_site(db.session.scalars(select(Site).where(Site.code == code)).one())
        home = "甲县" if code == "aaa2222" else "乙县"
        for place in range(12):
            form = {**FORM, "home": [home], "comment": [TEXTS[place % 6]], "overall": [str(1 + place % 5)]}
            submit(view, form, f"{code}-{place}", "zh", moment - timedelta(minutes=3), finished_at=moment)
    db.session.commit()


pytestmark = begins_with(talking_city)


def sites(*codes: str) -> list[int]:
    query = select(Site.id).where(Site.code.in_(codes or ("aaa2222", "bbb3333")))
    return list(db.session.scalars(query))


def read(wanted: Wanted, least: int = 1, *, reader: str = "anna", at: list[int] | None = None):
    return voices(the_survey(), sites() if at is None else at, wanted, reader, least)


def coded(client, label: str, *codes: int, question: str = "comment"):
    page = client.get(f"{ADDRESS}?question={question}").get_data(as_text=True)
    form = {"csrf_token": csrf(page), "label": label, "question": question, "codes": [str(code) for code in codes]}
    return client.post(f"{ADDRESS}?question={question}", data=form)


def a_code(name: str = "停车") -> Code:
    code = add_code(the_survey(), "comment", name, "停车位、收费")
    db.session.commit()
    return code


def test_what_was_written_is_read_masked_searched_and_in_no_order_of_time(app):
    found = read(Wanted("comment"))
    assert found.number == 20
    assert "电话〔电话〕没人接" in [voice.text for voice in found.voices]
    in_time = [label_of(number) for number in db.session.scalars(select(Response.id).order_by(Response.id))]
    assert [voice.label for voice in found.voices] != [one for one in in_time if one in {v.label for v in found.voices}]
    assert read(Wanted("comment", search="停车难")).number == 12
    assert read(Wanted("comment", search="停%")).number == 0
    assert read(Wanted("comment", county="甲县")).number == 10
    assert read(Wanted("comment", side="satisfied")).number == 6


def test_nothing_is_narrowed_to_fewer_people_than_a_cell_may_hold(sqlite_app):
    client = client_of(sqlite_app, "evaluator")
    assert client.get(f"{ADDRESS}?question=comment&county=甲县").status_code == 200
    refused = client.get(f"{ADDRESS}?question=comment&county=甲县&side=satisfied")
    assert refused.status_code == 422
    assert "不足10份，不显示" in refused.get_data(as_text=True)
    assert "停车难，" not in refused.get_data(as_text=True)


def test_a_county_reads_its_own_answers_and_codes_no_others(sqlite_app):
    code, client = a_code(), client_of(sqlite_app, "evaluator", "甲县")
    page = client.get(f"{ADDRESS}?question=comment").get_data(as_text=True)
    assert "共10条" in page
    theirs = db.session.scalars(select(Response).where(Response.site_county == "乙县")).first()
    assert coded(client, label_of(theirs.id), code.id).status_code == 403
    assert db.session.scalars(select(Coding)).all() == []


def test_each_page_that_is_read_stands_in_the_trail(sqlite_app):
    client_of(sqlite_app, "auditor").get(f"{ADDRESS}?question=comment")
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "voice.read")).one()
    assert entry.after == {"question": "comment", "count": 20}


def test_an_answer_is_coded_on_the_page_and_again_in_place_of_before(sqlite_app):
    first, second = a_code(), a_code("公交")
    client = client_of(sqlite_app, "evaluator")
    label = read(Wanted("comment", search="停车难，")).voices[0].label
    assert coded(client, label, first.id, second.id).status_code == 302
    assert coded(client, label, first.id).status_code == 302
    assert [one.codes for one in db.session.scalars(select(Coding))] == [[first.id]]
    reader = db.session.scalars(select(Coding)).one().coder
    assert read(Wanted("comment", mine="done"), reader=reader).number == 1
    assert read(Wanted("comment", mine="todo"), reader=reader).number == 19
    assert read(Wanted("comment", under=first.id)).number == 1
    assert read(Wanted("comment", under=second.id)).number == 0


@pytest.mark.parametrize(
    ("label", "question", "code"), [("ZZZZZZZZ", "comment", ""), ("", "overall", ""), ("", "comment", "999")]
)
def test_what_is_no_answer_or_no_code_is_refused_and_changes_nothing(sqlite_app, label, question, code):
    client = client_of(sqlite_app, "evaluator")
    label = label or read(Wanted("comment")).voices[0].label
    token = csrf(client.get(ADDRESS).get_data(as_text=True))
    data = {"csrf_token": token, "label": label, "question": question, "codes": [code] if code else []}
    answer = client.post(ADDRESS, data=data)
    assert answer.status_code == 422
    assert 'class="flash error"' in answer.get_data(as_text=True)
    assert db.session.scalars(select(Coding)).all() == []


def test_a_frame_is_made_changed_and_retired_and_says_what_is_wrong(sqlite_app):
    client = client_of(sqlite_app, "manager")
    address = f"{ADDRESS}/frame?question=comment"

    def sent(**form: str):
        token = csrf(client.get(address).get_data(as_text=True))
        return client.post(address, data={"csrf_token": token, **form})

    assert sent(name="停车", note="停车位、收费").status_code == 302
    again = sent(name=" 停车 ", note="")
    assert again.status_code == 422
    assert "已经有编码“停车”" in again.get_data(as_text=True)
    code = frame_of(the_survey(), "comment")[0]
    assert sent(code=str(code.id), name="停车难", note="", retired="y").status_code == 302
    db.session.expire_all()
    assert [(one.name, one.retired) for one in frame_of(the_survey(), "comment")] == [("停车难", True)]
    assert (
        "停车难"
        not in client.get(f"{ADDRESS}?question=comment").get_data(as_text=True).partition('class="codes"')[2][:400]
    )


def test_the_first_coding_counts_and_the_second_tells_how_far_two_agree(app):
    survey, code = the_survey(), a_code()
    responses = [
        one for one in db.session.scalars(select(Response).order_by(Response.id)) if one.answers.get("comment")
    ]
    given = [(True, True)] * 8 + [(True, False)] * 2 + [(False, True)] * 4 + [(False, False)] * 6
    for response, (first, second) in zip(responses, given, strict=True):
        give_codes(survey, response, "comment", [code.id] if first else [], "anna")
        give_codes(survey, response, "comment", [code.id] if second else [], "bert")
    assert sum(code.id in one.codes for one in first_codings(survey, "comment")) == 10
    (agreed,) = agreements(survey, "comment")
    assert (agreed.first, agreed.second, agreed.agreement.n) == ("anna", "bert", 20)
    assert agreed.agreement.kappa == pytest.approx(0.4)  # p_o 14/20, p_e (10*12 + 10*8)/400


def test_codes_go_with_the_answer_that_is_taken_back(app):
    survey, code = the_survey(), a_code()
    response = db.session.scalars(select(Response)).first()
    give_codes(survey, response, "comment", [code.id], "anna")
    erase(response.receipt, "本人撤回")
    db.session.commit()
    assert db.session.scalars(select(Coding)).all() == []


def test_a_share_rests_on_the_runs_weights_and_hides_what_few_said(app):
    survey, parking, buses = the_survey(), a_code(), a_code("公交")
    for response in db.session.scalars(select(Response).where(Response.survey_id == survey.id)):
        text = response.answers.get("comment") or ""
        if text:
            codes = [parking.id] if "停车" in text else [buses.id] if "公交" in text else []
            give_codes(survey, response, "comment", codes, "anna")
    run = make_run(survey, Silent())
    db.session.commit()
    found = figures_of(run, "comment", "rated_county", 1)
    whole = {row.code: row for row in found.shares if not row.level}
    assert (found.coded, found.written) == (20, 20)
    assert whole[parking.id].share == pytest.approx(12 / 20)
    assert whole[buses.id].share == pytest.approx(4 / 20)
    assert {row.level for row in found.shares} == {"", "甲县", "乙县"}
    hidden = {row.code: row for row in figures_of(run, "comment", "", 10).shares}
    assert hidden[parking.id].had == 12
    assert (hidden[buses.id].share, hidden[buses.id].n) == (None, 0)


def test_words_are_counted_in_what_may_be_read(app):
    assert len(texts_to_count(the_survey(), sites("aaa2222"), "comment")) == 10
    assert "comment" in {one.key for one in open_questions(the_survey(), "zh")}


def test_a_long_list_is_counted_to_a_number_and_read_on_past_it(sqlite_app, monkeypatch):
    monkeypatch.setattr("survey_app.voices.reading.COUNTED_TO", 5)
    monkeypatch.setattr("survey_app.voices.reading.PAGE", 8)
    pages = [voices(the_survey(), sites(), Wanted("comment"), "anna", 1, page) for page in (1, 2, 3)]
    assert [(page.number, len(page.voices), page.more) for page in pages] == [(5, 8, True), (5, 8, True), (5, 4, False)]
    assert len({voice.label for page in pages for voice in page.voices}) == 20
    past = voices(the_survey(), sites(), Wanted("comment"), "anna", 1, 9)
    assert (past.page, past.voices) == (1, pages[0].voices)  # the last page that was counted


def test_a_page_of_answers_goes_by_receipts_and_reads_no_whole_survey(sqlite_app):
    asked = []
    event.listen(db.engine, "before_cursor_execute", lambda *given: asked.append((given[2], given[3])))
    read(Wanted("comment"))
    texts_to_count(the_survey(), sites(), "comment")
    lists = [one for one in asked if "response.receipt" in one[0]]
    plans = [
        db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {words}", given).all() for words, given in lists
    ]
    assert len(plans) == 3
    assert all("sqlite_autoindex_response_" in str(plan) and "TEMP B-TREE" not in str(plan) for plan in plans), plans
