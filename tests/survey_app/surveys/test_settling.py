"""After the close of an official survey: what still counts, what is late, and the run of what froze."""

from __future__ import annotations

import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from sqlalchemy import func, select

from analysis.cells import Cells
from survey_app.answering.devices import make_device, report, signed
from survey_app.answering.erasure import erase
from survey_app.answering.invitation_links import survey_key
from survey_app.answering.open_sites import open_site
from survey_app.answering.submission import SurveyNotOpenError, submit
from survey_app.estimates import review
from survey_app.estimates.runs import make_run, verify_run
from survey_app.fieldwork import invitations, paper_entry
from survey_app.ground.official import name_official, naming_of
from survey_app.ground.sign_off import SignOffError
from survey_app.ground.transaction import transaction
from survey_app.jobs.queue import Silent
from survey_app.models import EstimateRun, FrozenAnswers, Period, Response, ResponseFlag, Survey, db
from survey_app.responses.flag_lists import decide_several, undecided_responses
from survey_app.responses.flags import flag_responses, set_flag
from survey_app.responses.quarantine import decide
from survey_app.responses.run_package import Asked, export_run
from survey_app.surveys.closing import close_due, work_due
from survey_app.surveys.frozen import cells_from, decisions, frozen_of, late_answers
from survey_app.surveys.life import change_state
from survey_app.surveys.plan_versions import change_plan
from survey_app.surveys.settling import GRACE, say_all_keyed, waiting
from tests.support.city import FORM, POSTERS, small_city, the_survey
from tests.support.packages import by_python, official
from tests.support.people import client_of, csrf, post
from tests.support.stored import begins_with

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BEIJING = ZoneInfo("Asia/Shanghai")
RULE = "closing: {extension: {times: 0}}\nflagged: {column: flagged, exclude: true, kinds: [too_fast, person]}\n"


def official_city() -> None:
    """The official survey of a period, open, with twelve answers at each site, some satisfied."""
    survey = small_city(state="draft", plan=POSTERS + RULE)
    name_official(db.session.get_one(Period, "2023"), survey)
    for state in ("locked", "open"):
        change_state(survey, state, accept_warnings=True)
    for site in survey.sites:
        view = open_site(site)
        for place in range(12):
            form = {**FORM, "home": [site.area.name.removesuffix("新区")], "overall": [str(2 + place % 4)]}
            moment = datetime.now(UTC) - 5 * HOUR
            submit(view, form, secrets.token_hex(8), "zh", moment - HOUR / 20, finished_at=moment)
    db.session.commit()


pytestmark = begins_with(official_city)


def close(survey, ago: timedelta = HOUR, settle: bool = False) -> None:
    """As if its moment had been `ago`; with settle, as its time is over."""
    survey.closes_at = datetime.now(UTC) - ago
    db.session.commit()
    close_due(survey.closes_at)
    if settle:
        close_due(survey.closes_at + 8 * DAY)
    db.session.commit()


def bring(survey, mode: str = "tablet", ago: timedelta = 2 * HOUR, **more: object) -> Response:
    """An answer that arrives now, finished `ago`."""
    finished = datetime.now(UTC) - ago
    view, key = open_site(survey.sites[0]), secrets.token_hex(8)
    submit(view, FORM, key, "zh", finished - HOUR / 20, finished_at=finished, mode=mode, **more)
    db.session.commit()
    return db.session.scalars(select(Response).where(Response.submission_key == key)).one()


def counted(survey) -> int:
    return int(cells_from(frozen_of(survey), plan(survey)).count.sum())


def plan(survey):
    from survey_app.ground.plans import plan_of

    return plan_of(survey)


def official_run(survey) -> EstimateRun:
    work_due()  # inline: it is made when this returns
    return db.session.get_one(EstimateRun, naming_of(survey).run_id)


def test_an_interview_finished_before_the_close_counts_when_the_tablet_sends_it_in_the_settling_time(survey):
    report(make_device(survey.sites[0], "平板", 9, "anna").id, 1)
    close(survey)
    assert naming_of(survey).settles_by == survey.closes_at + 7 * DAY
    assert bring(survey).state == "complete"
    assert bring(survey, ago=HOUR / 2).state == "late", "finished after the close"
    close_due(survey.closes_at + 7 * DAY)
    assert bring(survey).state == "late", "it came when the answers had frozen"
    db.session.commit()
    assert (counted(survey), late_answers(survey)) == (25, 2)


def test_the_package_of_the_official_run_has_the_answers_as_they_froze(survey, tmp_path):
    """A flag that came later leaves nothing out; of an answer taken back later the cells still tell."""
    close(survey, settle=True)
    run = official_run(survey)
    late, gone = db.session.scalars(select(Response).where(Response.probability).limit(2)).all()
    set_flag(late, "事后起疑", "eva")
    db.session.scalars(select(ResponseFlag)).one().made_at = frozen_of(survey).frozen_at + HOUR
    db.session.commit()
    found = export_run(run, tmp_path / "whole", Asked("核对"), Silent())
    assert (found.figure["gone_since"], found.figure["counted"]) == (0, run.result["n"])
    assert by_python(tmp_path / "whole") == pytest.approx(official(run), rel=1e-10, nan_ok=True)
    erase(gone.receipt, "本人要求")
    db.session.commit()
    assert export_run(run, tmp_path / "less", Asked("核对"), Silent()).figure["gone_since"] == 1
    assert by_python(tmp_path / "less") == pytest.approx(official(run), rel=1e-10, nan_ok=True)


def test_a_web_answer_after_the_close_is_refused_as_before_and_another_survey_takes_nothing_late(survey):
    close(survey)
    with pytest.raises(SurveyNotOpenError):
        bring(survey, mode="web", ago=timedelta())
    other = small_survey_closed(survey)
    with pytest.raises(SurveyNotOpenError):
        bring(other, ago=40 * DAY)


def small_survey_closed(survey):
    """Make it one that no period has named."""
    db.session.delete(naming_of(survey))
    db.session.commit()
    return survey


def test_it_ends_by_itself_at_once_where_there_is_nothing_to_wait_for(survey):
    close(survey)
    assert naming_of(survey).settled_at is None, "answers that were being stored as the clock struck are let in"
    close_due(survey.closes_at + GRACE)
    assert waiting_now(survey) == (0, 0, False, 0)
    assert naming_of(survey).settled_at is None, "answers have not been looked through for flags"
    work_due()
    close_due(survey.closes_at + 2 * GRACE)
    assert naming_of(survey).settled_at is not None
    assert survey_key(survey.id) is None


def waiting_now(survey) -> tuple[int, int, bool, int]:
    found = waiting(naming_of(survey))
    return found.tablets, found.half_keyed, found.paper, found.flags


def test_it_waits_for_tablets_forms_and_flags_and_no_longer_than_the_plan_says(survey):
    tablet = make_device(survey.sites[0], "平板", 9, "anna")
    make_device(survey.sites[1], "网页", 9, "anna")  # never had a queue
    report(tablet.id, 0)
    form = invitations.make(survey.sites[0], 1)[0]
    set_flag(db.session.scalars(select(Response)).first(), "核查", "anna")
    bring_hurried(survey)
    flag_responses(survey)
    survey.double_entry = True
    person = invitations.invitation_of(survey, form.serial)
    paper_entry.key_form(person, FORM, (datetime.now(BEIJING) - DAY).date(), "wang")
    close(survey)
    db.session.refresh(tablet)
    tablet.reported_at = survey.closes_at - HOUR
    db.session.commit()
    moment = survey.closes_at + HOUR / 2
    assert waiting_now(survey) == (1, 1, True, 1), "an empty report from before the close does not do"
    for settled in (
        lambda: report(tablet.id, 0),
        lambda: paper_entry.key_form(person, FORM, (datetime.now(BEIJING) - DAY).date(), "li"),
        lambda: say_all_keyed(naming_of(survey)),
        lambda: decide_several(survey, undecided_responses(survey), None, "过程核实", "anna", lift=False),
        lambda: flag_responses(survey),
    ):
        close_due(moment)
        assert naming_of(survey).settled_at is None
        settled()
        db.session.commit()
    close_due(moment)
    assert naming_of(survey).settled_at == moment


def bring_hurried(survey) -> None:
    """Many usual answers and one of four seconds."""
    moment = datetime.now(UTC) - 3 * HOUR
    view = open_site(survey.sites[0])
    for place in range(30):
        seconds = 4 if place == 0 else 150 + place
        begun = moment - timedelta(seconds=seconds)
        submit(view, FORM, secrets.token_hex(8), "zh", begun, finished_at=moment + timedelta(minutes=place))
    db.session.commit()


def test_its_time_is_the_plans_and_over_whatever_still_waits(survey):
    report(make_device(survey.sites[0], "平板", 9, "anna").id, 3)
    close(survey)
    end = survey.closes_at + 7 * DAY
    close_due(end - HOUR)
    assert naming_of(survey).settled_at is None
    close_due(end)
    assert naming_of(survey).settled_at == end


def test_nothing_of_flags_or_erasures_changes_the_official_run_once_its_cells_are_frozen(survey):
    gone = bring(survey)
    close(survey)
    erase(gone.receipt, "citizen")
    db.session.commit()
    close_due(survey.closes_at + 8 * DAY)
    run = official_run(survey)
    assert (run.made_by, run.result["responses"]) == ("clock", 24)
    told = next(notice for notice in run.result["notices"] if notice["key"] == "settled_answers")
    assert (told["params"]["erased"], told["params"]["late"]) == (1, 0)
    figure = run.result["satisfied"]
    assert run.result["decision"]["settling"] == []  # a closed survey is no planning
    for response in db.session.scalars(select(Response).where(Response.measure == 2)).all():
        set_flag(response, "不满意的", "anna")
    erase(db.session.scalars(select(Response).where(Response.measure == 3)).first().receipt, "citizen")
    db.session.commit()
    again = make_run(survey, Silent())
    db.session.commit()
    assert again.result["satisfied"] == figure
    assert naming_of(survey).run_id == run.id, "the first stays the official one"
    with pytest.raises(SignOffError, match="not the official one"):
        review.settle(again, "proposed", "anna", "")
    review.settle(run, "proposed", "anna", "")
    verified = verify_run(run)
    assert (verified["same"], verified["gone_since"]) == (True, 1)


def test_verify_finds_a_run_whose_cells_are_not_those_that_froze(survey):
    close(survey, settle=True)
    run = official_run(survey)
    frozen = db.session.get_one(FrozenAnswers, survey.id)
    frozen.cells = {**frozen.cells, "count": [2 * number for number in frozen.cells["count"]]}
    db.session.commit()
    assert verify_run(run)["differs"] == ["cells"]


def in_the_order_before(cells):
    """The cells as earlier releases kept them: by the columns as they come, the measure first."""
    order = np.lexsort([column["codes"] for column in reversed(cells["columns"].values())])
    columns = {
        name: column | {"codes": np.array(column["codes"])[order].tolist()} for name, column in cells["columns"].items()
    }
    amounts = {name: np.array(cells[name])[order].tolist() for name in ("count", "weight", "weight_squared")}
    return cells | {"columns": columns} | amounts


def test_cells_kept_in_an_earlier_order_are_those_that_froze_unless_one_of_them_differs(survey):
    close(survey, settle=True)
    run = official_run(survey)
    before = in_the_order_before(run.cells)
    assert before["columns"] != run.cells["columns"]
    run.cells = before
    assert verify_run(run)["differs"] == []
    measure = before["columns"]["measure"]
    other = before["columns"] | {"measure": measure | {"codes": [3 - measure["codes"][0], *measure["codes"][1:]]}}
    more = {name: [before[name][0] + 1, *before[name][1:]] for name in ("count", "weight")}
    for changed in ({"columns": other}, {"count": more["count"]}, {"weight": more["weight"]}):
        run.cells = before | changed
        assert "cells" in verify_run(run)["differs"]


def test_the_official_run_is_asked_for_once_and_two_servers_note_one(survey):
    close(survey, settle=True)
    official_run(survey)
    work_due()
    assert db.session.scalar(select(func.count()).select_from(EstimateRun)) == 1


@begins_with(official_city)
def test_whatever_arrives_while_it_freezes_is_either_in_the_frozen_cells_or_late(app):
    survey = the_survey()
    report(make_device(survey.sites[0], "平板", 9, "anna").id, 1)
    close(survey)
    number, end = survey.id, survey.closes_at + 8 * DAY

    def arrive(_place: int) -> None:
        with app.app_context():
            bring(db.session.get_one(Survey, number))

    def strike(_server: int) -> None:
        with app.app_context(), transaction():
            close_due(end)

    with ThreadPoolExecutor(6) as pool:
        jobs = [pool.submit(work, place) for place in range(4) for work in (arrive, strike)]
        assert [job.exception() for job in jobs] == [None] * 8
    db.session.expire_all()
    states = dict(
        db.session.execute(
            select(Response.state, func.count()).where(Response.probability).group_by(Response.state)
        ).all()
    )
    assert counted(survey) == states["complete"]
    assert sum(states.values()) == 28


def test_a_frozen_survey_without_an_answer_has_no_run_and_asks_for_none_again(survey):
    for response in db.session.scalars(select(Response)).all():
        erase(response.receipt, "citizen")
    close(survey, settle=True)
    work_due()
    work_due()
    assert naming_of(survey).run_id is None


def test_paper_filled_by_the_closing_day_counts_while_settling_and_later_paper_is_stored_as_late(survey):
    persons = [invitations.invitation_of(survey, card.serial) for card in invitations.make(survey.sites[0], 3)]
    survey.opens_at -= 5 * DAY
    close(survey, ago=DAY)
    closing_day, today = (
        moment.astimezone(ZoneInfo(survey.time_zone)).date() for moment in (survey.closes_at, datetime.now(UTC))
    )
    first = paper_entry.key_form(persons[0], FORM, closing_day, "wang")
    assert (first.receipt.state, stored(first).finished_at < survey.closes_at) == ("complete", True)
    second = paper_entry.key_form(persons[1], FORM, today, "wang")
    assert (second.receipt.state, bool(second.receipt.number)) == ("late", True)
    close_due(survey.closes_at + 7 * DAY)
    third = paper_entry.key_form(persons[2], FORM, closing_day, "wang")
    assert third.receipt.state == "late"
    db.session.expire_all()
    assert [person.state for person in persons] == ["spent"] * 3


def stored(keyed) -> Response:
    return db.session.scalars(select(Response).where(Response.receipt == keyed.receipt.number)).one()


def test_what_came_between_the_moment_and_its_extension_counts(survey):
    survey.plan = survey.plan.replace("times: 0", "times: 1")
    survey.closes_at = datetime.now(UTC) - HOUR
    db.session.commit()
    early = bring(survey, ago=HOUR / 2)
    assert early.state == "late", "the clock has not looked yet"
    close_due()
    assert survey.state == "open"
    db.session.refresh(early)
    assert early.state == "complete"


def test_decisions_are_counted_by_satisfied_and_shown_after_the_sign_off_alone(survey, sqlite_app):
    two, five = (db.session.scalars(select(Response).where(Response.measure == code)).first() for code in (2, 5))
    set_flag(two, "核查", "anna")
    set_flag(five, "核查", "anna")
    decide_several(survey, [five.id], None, "核实", "anna")
    db.session.commit()
    assert decisions(survey, plan(survey), 10**9) == [
        {"kind": "person", "decision": "lifted", "satisfied": 1, "others": 0},
        {"kind": "person", "decision": "set", "satisfied": 0, "others": 1},
    ]
    close(survey, settle=True)
    run, client = official_run(survey), client_of(sqlite_app, "administrator")
    heading = "对单份应答的处理，按是否满意"
    assert heading not in client.get(f"/console/estimates/{run.id}").get_data(as_text=True)
    review.settle(run, "proposed", "anna", "")
    review.settle(run, "approved", "li", "好")
    db.session.commit()
    assert heading in client.get(f"/console/estimates/{run.id}").get_data(as_text=True)
    file = client.get(f"/console/estimates/{run.id}?table=decided&format=csv").get_data(as_text=True)
    assert file.splitlines()[1:] == ["人工标记,0,1", "解除标记,1,0"]


def test_a_tablet_sends_what_it_held_with_its_own_seconds_and_says_that_it_is_empty(survey, sqlite_app):
    device = make_device(survey.sites[0], "平板", 9, "anna")
    db.session.commit()
    client, link = sqlite_app.test_client(), signed(device)
    page = client.get(f"/t/{link}/-").get_data(as_text=True)
    token = page.split('name="token" value="')[1].split('"')[0]
    survey.closes_at = datetime.now(UTC) + timedelta(seconds=1)
    db.session.commit()
    assert client.post(f"/t/{link}/unsent", data={"number": "1"}).status_code == 204
    close(survey, ago=-HOUR)  # in an hour, by the clock of this test
    sent = client.post(f"/t/{link}/-", data=FORM | {"token": token, "held_seconds": "7200"})
    assert sent.status_code == 303
    newest = db.session.scalars(select(Response).order_by(Response.id.desc())).first()
    assert newest.finished_at >= newest.started_at, "not before the form was handed out"
    assert (newest.mode, newest.state) == ("tablet", "complete")
    client.post(f"/t/{link}/unsent", data={"number": "0"})
    db.session.refresh(device)
    assert device.unsent == 0
    assert client.post("/t/forged/unsent", data={"number": "0"}).status_code == 404
    assert client.post(f"/t/{link}/unsent", data={"number": "-3"}).status_code == 404


def test_what_a_tablet_sends_after_its_link_was_revoked_waits_in_quarantine_for_a_decision_by_process(
    survey, sqlite_app
):
    device = make_device(survey.sites[0], "平板", 9, "anna")
    db.session.commit()
    link, client = signed(device), sqlite_app.test_client()
    tokens = [
        client.get(f"/t/{link}/-").get_data(as_text=True).split('name="token" value="')[1].split('"')[0] for _ in "ab"
    ]
    device.revoked_at = datetime.now(UTC)
    db.session.commit()
    assert client.get(f"/t/{link}/-").status_code == 403
    for token in tokens:
        sent = client.post(f"/t/{link}/-", data=FORM | {"token": token}, follow_redirects=True)
        assert "核查" in sent.get_data(as_text=True)
    held = db.session.scalars(select(Response).where(Response.state == "quarantined").order_by(Response.id)).all()
    survey.closes_at = datetime.now(UTC)
    db.session.commit()
    close_due()
    db.session.commit()
    assert waiting(naming_of(survey)).quarantined == 2
    manager = client_of(sqlite_app, "manager")
    for response, do, state in zip(held, ("release", "refuse"), ("complete", "voided"), strict=True):
        address = f"/console/process/{response.id}"
        page = manager.get(address).get_data(as_text=True)
        assert "很好" not in page
        data = {"csrf_token": csrf(page), "do": do, "reason": "按过程"}
        assert manager.post(f"{address}/quarantine", data={**data, "reason": ""}).status_code == 422
        assert manager.post(f"{address}/quarantine", data=data).status_code == 302
        db.session.refresh(response)
        assert response.state == state
        assert manager.post(f"{address}/quarantine", data=data).status_code == 422
    assert waiting(naming_of(survey)).quarantined == 0


@pytest.mark.parametrize("state", ["closed", "archived"])
def test_what_is_released_from_quarantine_after_the_freezing_counts_in_nothing(survey, state):
    held = db.session.scalars(select(Response)).first()
    held.state = "quarantined"
    close(survey)
    close_due(survey.closes_at + 8 * DAY)
    if state == "archived":
        change_state(survey, state)
    assert decide(held, True, "按过程") == "late"


def test_the_fieldwork_page_says_what_is_waited_for_and_what_came_too_late(survey, sqlite_app):
    invitations.make(survey.sites[0], 1)
    client = client_of(sqlite_app, "manager")
    post(client, "/console/sites/aaa2222/forms", "/console/sites/aaa2222/work")
    close(survey)
    bring(survey, ago=timedelta())
    address = "/console/surveys/wave1/fieldwork"
    page = client.get(address).get_data(as_text=True)
    assert "尚未声明全部录入" in page
    assert "不计入：1份" in page
    assert post(client, f"{address}/keyed", address).status_code == 302
    assert naming_of(survey).forms_keyed_by
    close_due(survey.closes_at + 8 * DAY)
    db.session.commit()
    assert "已冻结" in client.get(address).get_data(as_text=True)


def test_flags_are_confirmed_on_their_page_one_by_one_or_all_that_are_undecided(survey, sqlite_app):
    bring_hurried(survey)
    flag_responses(survey)
    db.session.commit()
    client = client_of(sqlite_app, "manager")
    page = client.get("/console/surveys/wave1/flags?standing=open").get_data(as_text=True)
    assert page.count('name="response"') == 1
    data = {"csrf_token": csrf(page), "do": "confirm_all", "reason": "四秒答完"}
    assert client.post("/console/surveys/wave1/flags/lift", data=data).status_code == 302
    flag = db.session.scalars(select(ResponseFlag).where(ResponseFlag.kind == "too_fast")).one()
    assert (flag.confirmed_at is not None, flag.lifted_at) == (True, None)
    assert "没有待定的标记" in client.post("/console/surveys/wave1/flags/lift", data=data).get_data(as_text=True)


@pytest.fixture
def survey(sqlite_app):
    return the_survey()


def test_what_freezes_goes_by_the_plan_that_counts_whatever_was_changed_after_the_first_answer(sqlite_app):
    survey = the_survey()
    counts, response = survey.plan_digest, db.session.scalars(select(Response)).first()
    set_flag(response, "不是本地人", "anna")
    change_plan(survey, survey.plan.replace("kinds: [too_fast, person]", "kinds: [too_fast]"), "口径调整")
    db.session.commit()
    close(survey, settle=True)
    frozen = frozen_of(survey)
    assert frozen.plan_digest == counts
    whole = Cells.from_json(frozen.cells)
    flagged = whole.columns["flagged"]
    assert whole.count[flagged.codes == flagged.levels.index("yes")].sum() == 1
