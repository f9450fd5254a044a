"""Single responses in the console: their answers without minute and site, their process without answers, their flags."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from survey_app.answering.open_sites import open_site
from survey_app.answering.submission import submit
from survey_app.models import AuditEntry, Response, ResponseFlag, Site, db
from survey_app.people.accounts import create_account
from survey_app.responses import answers, process
from survey_app.responses import labels as labels_of_answers
from survey_app.responses.answers import WantedAnswers, coarse_age, days, of_day
from survey_app.responses.flags import flag_responses, set_flag
from survey_app.responses.labels import label_of, number_of
from survey_app.responses.process import Wanted, browse
from tests.support.city import FORM, small_city
from tests.support.people import csrf, signed_in
from tests.support.stored import begins_with, empty

CITY = ZoneInfo("Asia/Shanghai")


def telling_city() -> None:
    """Seven answers at 甲县's site and five at 乙县's, one hurried, with a telephone number in the text."""
    small_city().opens_at -= timedelta(days=2)
    moment = datetime.now(CITY).replace(hour=21) - timedelta(days=1)  # all on one day of the city's
    for code, number in (("aaa2222", 7), ("bbb3333", 5)):
        view = open_site(db.session.scalars(select(Site).where(Site.code == code)).one())
        for place in range(number):
            begun = moment - timedelta(hours=9 - place, seconds=3 if (code, place) == ("bbb3333", 0) else 150)
            form = {**FORM, "comment": ["请回电13812345678"], "overall": [str(1 + place % 5)]}
            submit(view, form, f"{code}-{place}", "zh", begun, finished_at=moment - timedelta(hours=9 - place))


pytestmark = begins_with(telling_city)


def client_of(app, role: str, area: str = ""):
    return signed_in(app.test_client(), create_account(f"{role}{area}", role, area), f"{role}{area}")


def numbers(survey, **place):
    return [line.number for line in browse(survey, Wanted(), None, **place).lines]


def test_pages_follow_one_another_without_a_gap_and_back(survey, monkeypatch):
    monkeypatch.setattr(process, "PAGE", 5)
    everything = sorted(db.session.scalars(select(Response.id)), reverse=True)
    first = browse(survey, Wanted(), None)
    second = browse(survey, Wanted(), None, before=first.older)
    third = browse(survey, Wanted(), None, before=second.older)
    assert [line.number for page in (first, second, third) for line in page.lines] == everything
    assert (first.newer, third.older, third.going_on) == (None, None, False)
    back = browse(survey, Wanted(), None, after=third.newer)
    assert [line.number for line in back.lines] == [line.number for line in second.lines]
    again = browse(survey, Wanted(), None, before=back.older)
    assert [line.number for line in again.lines] == [line.number for line in third.lines]


def test_a_page_looks_at_a_bounded_stretch_and_says_that_it_goes_on(survey, monkeypatch):
    monkeypatch.setattr(process, "WINDOW", 4)
    found, before, pages = [], None, 0
    while True:
        page = browse(survey, Wanted(site="aaa2222"), None, before=before)
        found += [line.number for line in page.lines]
        pages += 1
        if page.older is None:
            break
        assert page.going_on
        before = page.older
    assert len(found) == 7
    assert 3 <= pages <= 4


@begins_with(empty)
def test_filters_hold_by_site_mode_state_and_flag(app):
    survey = small_city()
    view = open_site(db.session.scalars(select(Site).where(Site.code == "aaa2222")).one())
    moment = datetime.now(UTC)
    for place, mode in enumerate(("web", "tablet", "web")):
        submit(view, FORM, f"k{place}", "zh", moment, mode=mode)
    submit(view, {**FORM, "home": ["elsewhere"]}, "k9", "zh", moment)
    first = db.session.scalars(select(Response).order_by(Response.id)).first()
    set_flag(first, "同一人", "anna")
    db.session.commit()

    def kept(**wanted):
        return len(browse(survey, Wanted(**wanted), None).lines)

    assert (kept(), kept(mode="tablet"), kept(state="screened_out"), kept(site="bbb3333")) == (4, 1, 1, 0)
    assert (kept(flag="any"), kept(flag="none"), kept(flag="person"), kept(flag="burst")) == (1, 3, 1, 0)
    assert len(browse(survey, Wanted(), []).lines) == 0


def test_a_response_is_read_with_its_questions_and_the_masked_text_and_neither_minute_nor_site(sqlite_app, survey):
    response = db.session.scalars(select(Response).order_by(Response.id)).first()
    label = label_of(response.id)
    page = client_of(sqlite_app, "evaluator").get(f"/console/responses/{label}").get_data(as_text=True)
    assert "总的来说，您对本市智慧城市建设的效果满意还是不满意？" in page
    assert "很不满意" in page
    assert "请回电〔电话〕" in page
    assert "16–44" in page
    for hidden in ("13812345678", response.receipt, "一号点", "30–44", f"{response.finished_at:%H:%M}", "2分30秒"):
        assert hidden not in page
    opened = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "response.open")).one()
    assert (opened.actor, opened.after) == ("evaluator", {"response": label})


def test_the_process_of_a_response_is_shown_without_any_answer_and_recorded(sqlite_app, survey):
    response = db.session.scalars(select(Response).order_by(Response.id)).first()
    page = client_of(sqlite_app, "evaluator").get(f"/console/process/{response.id}").get_data(as_text=True)
    assert "甲县一号点" in page
    assert "2分30秒" in page
    for hidden in ("满意", "请回电", "30–44", label_of(response.id), response.receipt):
        assert hidden not in page.replace("市民体验调查", "")
    opened = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "response.process")).one()
    assert (opened.actor, opened.after) == ("evaluator", {"number": response.id})


def test_no_number_of_the_one_page_leads_to_the_other(sqlite_app, survey, monkeypatch):
    """A label is neither the number nor in its order, nobody makes it without the key, and each page refuses the other's."""
    numbers = list(db.session.scalars(select(Response.id).order_by(Response.id)))
    labels = [label_of(number) for number in numbers]
    assert [number_of(label) for label in labels] == numbers
    assert len({label_of(number) for number in range(3000)}) == 3000
    assert labels != sorted(labels)
    client = client_of(sqlite_app, "manager")
    listed = client.get("/console/surveys/wave1/responses").get_data(as_text=True)
    assert all(label in listed for label in labels)
    assert "/console/process/" not in listed
    for page in ("flags", "flags/process"):
        shown = client.get(f"/console/surveys/wave1/{page}").get_data(as_text=True)
        assert not any(label in shown for label in labels)
    assert client.get(f"/console/responses/{numbers[0]}").status_code == 404
    with_key = label_of(numbers[0])
    monkeypatch.setattr(labels_of_answers, "naming_key", lambda: b"another")
    assert label_of(numbers[0]) != with_key


def test_answers_are_listed_by_day_without_order_and_a_place_few_share_is_not_named(sqlite_app, survey, monkeypatch):
    survey.least_cell = 6
    db.session.commit()
    sites = [site.id for site in survey.sites]
    day = days(survey)[0]
    page = of_day(survey, sites, day, WantedAnswers())
    counties = [line.county for line in page.lines]
    assert (counties.count("甲县"), counties.count(None)) == (7, 5)  # 乙县 has five
    assert not of_day(survey, sites, day, WantedAnswers(county="乙县")).lines
    assert len(of_day(survey, sites, day, WantedAnswers(county="甲县", mode="web")).lines) == 7
    by_receipt = [label_of(number) for number in db.session.scalars(select(Response.id).order_by(Response.receipt))]
    assert [line.label for line in page.lines] == by_receipt
    monkeypatch.setattr(answers, "PAGE", 5)
    found, after = [], ""
    while True:
        part = of_day(survey, sites, day, WantedAnswers(), after)
        found += [line.label for line in part.lines]
        if not part.more:
            break
        after = part.more
    assert found == by_receipt
    page = client_of(sqlite_app, "evaluator").get("/console/surveys/wave1/responses").get_data(as_text=True)
    assert "format=csv" not in page  # a page of many is no file: the package of a run is
    assert "导出数据包" in page


def test_neighbouring_age_groups_are_one_and_the_last_takes_what_is_left(survey):
    from survey_app.answering.definitions import definition_of

    definition = definition_of(survey)
    question = next(one for one in definition.questions if one.key == "age")
    shown = [
        coarse_age(definition.leading(question), code, "zh")
        for code in ("16-29", "30-44", "45-59", "60+", "under16", None)
    ]
    assert shown == ["16–44", "16–44", "45+", "45+", "", ""]


def test_the_file_for_review_wants_a_reason_and_has_minute_and_site_but_no_answer(sqlite_app, survey):
    client = client_of(sqlite_app, "manager")
    page = client.get("/console/surveys/wave1/flags/process").get_data(as_text=True)
    assert "table=process" not in page
    address, token = "/console/surveys/wave1/flags/process.csv", csrf(page)
    refused = client.post(address, data={"csrf_token": token, "reason": " "})
    assert (refused.status_code, "请写明理由" in refused.get_data(as_text=True)) == (422, True)
    reply = client.post(address, data={"csrf_token": token, "reason": "核查夜间作答"})
    lines = reply.get_data(as_text=True).splitlines()
    assert reply.mimetype == "text/csv"
    assert len(lines) == 13
    assert "甲县一号点" in lines[1]
    assert not {"overall", "measure", "age", "receipt"} & set(lines[0].split(","))
    taken = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "response.review_file")).one()
    assert (taken.actor, taken.reason, taken.after) == ("manager", "核查夜间作答", {"responses": 12})


def test_a_flag_is_set_and_lifted_with_a_reason_or_not_at_all(sqlite_app, survey):
    client = client_of(sqlite_app, "manager")
    response = db.session.scalars(select(Response).order_by(Response.id)).first()
    address = f"/console/process/{response.id}"
    token = csrf(client.get(address).get_data(as_text=True))
    refused = client.post(f"{address}/flag", data={"csrf_token": token, "do": "set", "reason": " "})
    assert refused.status_code == 422
    assert "请写明理由" in refused.get_data(as_text=True)
    assert not response.flagged
    client.post(f"{address}/flag", data={"csrf_token": token, "do": "set", "reason": "访问员代填"})
    assert "访问员代填" in client.get(address).get_data(as_text=True)
    db.session.refresh(response)
    assert response.flagged
    client.post(f"{address}/flag", data={"csrf_token": token, "do": "lift", "reason": "已电话核实"})
    db.session.refresh(response)
    assert not response.flagged
    wanted = select(AuditEntry).where(AuditEntry.action.in_(("flag.set", "flag.lift"))).order_by(AuditEntry.number)
    entries = db.session.scalars(wanted).all()
    assert [(entry.actor, entry.action, entry.reason) for entry in entries] == [
        ("manager", "flag.set", "访问员代填"),
        ("manager", "flag.lift", "已电话核实"),
    ]


def test_a_countys_account_reads_its_county_alone(sqlite_app, survey):
    client = client_of(sqlite_app, "evaluator", "乙县")
    ours, other = (
        db.session.scalars(select(Response).where(Response.psu == code)).first() for code in ("bbb3333", "aaa2222")
    )
    page = client.get("/console/surveys/wave1/responses").get_data(as_text=True)
    assert label_of(ours.id) in page
    assert label_of(other.id) not in page
    assert client.get(f"/console/responses/{label_of(other.id)}").status_code == 403
    assert client.get(f"/console/process/{other.id}").status_code == 403
    page = client.get("/console/surveys/wave1/flags/process").get_data(as_text=True)
    assert "乙县一号点" in page
    assert "甲县一号点" not in page
    token = {"csrf_token": csrf(page), "reason": "看看"}
    assert client.post("/console/surveys/wave1/flags/process.csv", data=token).status_code == 403
    assert "甲县一号点" not in client.get("/console/surveys/wave1/flags").get_data(as_text=True)


def test_flags_are_listed_and_several_lifted_at_once_but_only_those_of_ones_county(sqlite_app, survey):
    ours, theirs = (
        db.session.scalars(select(Response).where(Response.psu == code).order_by(Response.id)).all()
        for code in ("bbb3333", "aaa2222")
    )
    for response in (*ours[:2], theirs[0]):
        set_flag(response, "抽查", "anna")
    db.session.commit()
    client = client_of(sqlite_app, "evaluator", "乙县")
    page = client.get("/console/surveys/wave1/flags?kind=person").get_data(as_text=True)
    assert page.count('name="response"') == 2
    data = {
        "csrf_token": csrf(page), "response": [str(ours[0].id), str(ours[1].id), str(theirs[0].id)], "reason": "复核无误",
        "do": "lift",
    }  # fmt: skip
    assert client.post("/console/surveys/wave1/flags/lift", data={**data, "reason": ""}).status_code == 422
    reply = client.post("/console/surveys/wave1/flags/lift", data=data)
    assert reply.status_code == 302
    db.session.expire_all()
    assert [response.flagged for response in (*ours[:2], theirs[0])] == [False, False, True]
    lifted = client.get("/console/surveys/wave1/flags?standing=no").get_data(as_text=True)
    assert "复核无误" in lifted


def test_the_button_looks_for_doubtful_answers_and_small_counts_stay_hidden(sqlite_app, survey):
    client = client_of(sqlite_app, "manager")
    page = client.get("/console/surveys/wave1/flags").get_data(as_text=True)
    client.post("/console/surveys/wave1/flags/look", data={"csrf_token": csrf(page)})
    assert flag_responses(survey) == {}, "the job has found them all"
    made = db.session.scalars(select(ResponseFlag).where(ResponseFlag.kind == "too_fast")).all()
    assert len(made) == 1
    file = client.get("/console/surveys/wave1/flags?table=kinds&format=csv").get_data(as_text=True)
    assert "作答过快,," in file.replace("作答过快,,0", "作答过快,,"), file
    everything = client_of(sqlite_app, "administrator").get("/console/surveys/wave1/flags?table=kinds&format=csv")
    assert "作答过快,1,0" in everything.get_data(as_text=True)
