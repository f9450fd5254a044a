"""Answers taken by staff: keyed paper forms, one or two keyings, and files from the telephone."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import func, select

from survey_app.answering.definitions import definition_of
from survey_app.answering.invitation_codes import written_serial
from survey_app.answering.open_sites import open_site
from survey_app.answering.staffed_days import DayError, moment_of
from survey_app.answering.submission import AnswersRefusedError, InvitationUsedError, submit
from survey_app.fieldwork.import_responses import ImportRefusedError, import_responses, preview
from survey_app.fieldwork.invitations import invitation_of, make, reopen
from survey_app.fieldwork.paper_entry import EntryError, differences, entries, key_form, settle
from survey_app.fieldwork.response_tables import template_workbook
from survey_app.files.said import FileRefusedError
from survey_app.models import AuditEntry, Invitation, PaperEntry, Response, Site, db
from survey_app.surveys.life import StateError, change_state
from tests.support.city import FORM, small_city
from tests.support.runs import run_estimate

TODAY = datetime.now(UTC).date()
HEADINGS = ["site", "date", "disposition", "serial", "external", "home", "age", "overall", "sex", "services__bus"]
GOOD = ["aaa2222", str(TODAY), "1.1", "", "cati-1", "甲县", "30-44", "4", "女", "5"]


@pytest.fixture
def survey(app):
    return small_city(opens_at=datetime.now(UTC) - timedelta(days=5))


@pytest.fixture
def embedded(sqlite_app):
    return small_city(opens_at=datetime.now(UTC) - timedelta(days=5))


def invitation(survey, number: int = 1) -> Invitation:
    site = db.session.scalars(select(Site).where(Site.code == "aaa2222")).one()
    return invitation_of(survey, make(site, number)[0].serial)


def counted(model=Response, **where) -> int:
    return db.session.scalar(select(func.count()).select_from(model).filter_by(**where)) or 0


def as_csv(*rows: list[str], headings: list[str] = HEADINGS) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([headings, *rows])
    return out.getvalue().encode()


def changed(**cells: str) -> list[str]:
    return [cells.get(name, value) for name, value in zip(HEADINGS, GOOD, strict=True)]


def test_a_keyed_form_is_a_paper_response_of_the_sample_and_its_operator_is_written_down(survey):
    keyed = key_form(invitation(survey), FORM, TODAY, "wang")
    row = db.session.scalars(select(Response)).one()
    assert (keyed.state, row.mode, row.probability) == ("stored", "paper", True)
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.number.desc())).first()
    assert (entry.action, entry.after["operator"]) == ("entry.store", "wang")
    assert "1001" not in str(entry.after)  # no trail from the form's number to the response
    with pytest.raises(InvitationUsedError):
        key_form(db.session.scalars(select(Invitation)).one(), FORM, TODAY, "wang")


def test_a_form_that_fails_the_checks_is_refused(embedded):
    with pytest.raises(AnswersRefusedError):
        key_form(invitation(embedded), {**FORM, "overall": []}, TODAY, "wang")
    with pytest.raises(DayError, match="future"):
        key_form(invitation(embedded), FORM, TODAY + timedelta(days=2), "wang")
    assert counted() == counted(PaperEntry) == 0


def test_two_equal_keyings_become_one_response(survey):
    survey.double_entry = True
    form = invitation(survey)
    assert key_form(form, FORM, TODAY, "wang").state == "waiting"
    assert counted() == 0
    with pytest.raises(EntryError, match="another person"):
        key_form(form, FORM, TODAY, "wang")
    assert key_form(form, {**FORM, "token": ["x"]}, TODAY, "li").state == "stored"
    assert (counted(), counted(PaperEntry)) == (1, 0)


def test_differing_keyings_wait_until_every_difference_is_settled(survey):
    survey.double_entry = True
    form = invitation(survey)
    key_form(form, {**FORM, "overall": ["2"], "improve": ["speed", "easy"]}, TODAY, "wang")
    assert (
        key_form(form, {**FORM, "overall": ["3"], "improve": ["speed"]}, TODAY - timedelta(days=1), "li").state
        == "differs"
    )
    found = differences(*entries(form))
    assert {each.field: (each.first, each.second) for each in found} == {
        "overall": (("2",), ("3",)),
        "improve": (("speed", "easy"), ("speed",)),
        "_day": ((str(TODAY),), (str(TODAY - timedelta(days=1)),)),
    }
    with pytest.raises(EntryError, match="every difference"):
        settle(form, {"overall": 1}, "zhao")
    with pytest.raises(StateError, match="1 paper forms"):
        change_state(survey, "closed")
    assert counted() == 0
    settle(form, {"overall": 2, "improve": 1, "_day": 1}, "zhao")
    row = db.session.scalars(select(Response)).one()
    assert (row.measure, row.answers["improve"], row.mode) == (3, ["speed", "easy"], "paper")
    assert counted(PaperEntry) == 0


def test_a_day_of_staff_lies_inside_the_survey(embedded):
    opens, closes = embedded.opens_at, embedded.closes_at
    assert opens <= moment_of(embedded, (opens + timedelta(hours=8)).date()) < closes
    with pytest.raises(DayError, match="early"):
        moment_of(embedded, (opens - timedelta(days=3)).date())


def test_rows_of_the_telephone_are_stored_with_their_mode_and_outcome(survey):
    data = as_csv(
        GOOD, changed(external="cati-2", disposition="2.11", home="", age="", overall="", sex="", services__bus="")
    )
    found = import_responses(survey, "cati.csv", data, "phone")
    row = db.session.scalars(select(Response)).one()
    assert (found.interviews, row.mode, row.measure, row.sex, row.probability) == (1, "phone", 4, "female", True)
    assert sorted(db.session.scalars(select(Invitation.disposition))) == ["1.1", "2.11"]
    again = import_responses(survey, "cati.csv", data, "phone")
    assert (again.already, len(again.rows), counted(), counted(Invitation)) == (2, 0, 1, 2)
    later = as_csv(GOOD, changed(external="cati-2"))  # the refuser was won after all
    assert import_responses(survey, "cati.csv", later, "phone").interviews == 1
    assert (counted(), counted(Invitation)) == (2, 2)


def test_without_external_numbers_the_same_file_is_stored_once(embedded):
    data = as_csv(changed(external=""), changed(external="", overall="1"))
    assert import_responses(embedded, "a.csv", data, "paper").interviews == 2
    assert import_responses(embedded, "a.csv", data, "paper").already == 2
    assert counted() == 2


@pytest.mark.parametrize(
    ("change", "column", "said"),
    [
        ({"site": "nowhere"}, "site", "no such site"),
        ({"date": "yesterday"}, "date", "2026-03-05"),
        ({"date": str(TODAY + timedelta(days=3))}, "date", "future"),
        ({"date": "2001-01-01"}, "date", "before the survey"),
        ({"disposition": "9.9"}, "disposition", "no such disposition"),
        ({"disposition": "2.11"}, "home", "no answers"),
        ({"serial": "12-3"}, "serial", "not a number"),
        ({"external": "cati-1"}, "external", "twice"),
        ({"external": "x" * 81}, "external", "80"),
        ({"overall": ""}, "overall", "answer this question"),
        ({"overall": "7"}, "overall", "one of the options"),
        ({"home": "火星"}, "home", "one of the options"),
    ],
)
def test_every_error_is_named_by_row_and_column_and_nothing_is_stored(sqlite_app, change, column, said):
    survey = small_city(opens_at=datetime.now(UTC) - timedelta(days=5))
    wrong = changed(**({"external": "cati-2"} | change))
    with pytest.raises(ImportRefusedError) as refused:
        import_responses(survey, "a.csv", as_csv(GOOD, wrong), "phone", "en")
    assert [(each.row, each.column) for each in refused.value.problems] == [(3, column)]
    assert said in refused.value.problems[0].message
    assert counted() == counted(Invitation) == counted(AuditEntry) == 0


def test_all_errors_of_a_file_come_at_once(embedded):
    data = as_csv(changed(site="x", overall="9"), changed(external="b", date=""), changed(external="c"))
    problems = preview(embedded, "a.csv", data, "phone").problems
    assert [(each.row, each.column) for each in problems] == [(2, "site"), (2, "overall"), (3, "date")]
    headless = as_csv(GOOD, headings=["where", *HEADINGS[1:]])
    assert [each.column for each in preview(embedded, "a.csv", headless, "phone").problems] == ["where", "site"]


def test_a_number_on_the_list_is_spent_by_the_file(survey):
    form = invitation(survey)
    row = changed(serial=written_serial(form.serial))
    import_responses(survey, "a.csv", as_csv(row), "phone")
    db.session.refresh(form)
    assert (form.state, form.disposition, form.mode, form.attempts) == ("spent", "1.1", "phone", 0)
    with pytest.raises(ImportRefusedError) as refused:
        import_responses(
            survey, "b.csv", as_csv(changed(serial=written_serial(form.serial), external="other")), "phone"
        )
    assert refused.value.problems[0].column == "serial"
    reopen(survey, form.serial, "录错了人")
    assert counted(state="voided") == 1


def test_labels_and_workbooks_are_read_too(embedded):
    book = Workbook()
    book.active.append(
        ["调查点编码", "访问日期", "访问结果", "您现在主要住在哪里？", "您的年龄？", "总的来说，您对本市智慧城市建设的效果满意还是不满意？",
         "您希望哪些方面改进？（可多选）", "您的性别？"]
    )  # fmt: skip
    book.active.append(
        ["bbb3333", TODAY, "完成访问", "乙县", "30–44岁", "一般", "办事更快、少跑腿；手机应用更好用", "女"]
    )
    out = io.BytesIO()
    book.save(out)
    import_responses(embedded, "a.XLSX", out.getvalue(), "paper")
    row = db.session.scalars(select(Response)).one()
    assert (row.measure, row.age_band, row.mode, row.psu) == (3, "30-44", "paper", "bbb3333")
    assert row.answers["improve"] == ["speed", "easy"]


@pytest.mark.parametrize(
    ("name", "data"), [("a.txt", b"x"), ("a.xlsx", b"no workbook"), ("a.csv", b""), ("a.csv", b"\xff\xff")]
)
def test_a_file_that_is_no_table_is_told_so(embedded, name, data):
    with pytest.raises(FileRefusedError):
        preview(embedded, name, data, "phone")


def test_the_template_has_every_column_and_can_be_sent_back(embedded):
    book = load_workbook(io.BytesIO(template_workbook(embedded, definition_of(embedded))))
    headings = [cell.value for cell in book["responses"][1]]
    assert headings[:5] == ["site", "date", "disposition", "serial", "external"]
    assert {"overall", "services__bus", "improve", "comment"} <= set(headings)
    out = io.BytesIO()
    book.save(out)
    problems = preview(embedded, "t.xlsx", out.getvalue(), "phone").problems
    assert [each.message for each in problems] == ["文件里没有应答"]


def test_every_estimate_tells_how_its_answers_were_taken_and_recomputes(embedded):
    from survey_app.estimates.runs import recompute

    rows = [changed(external=f"c{n}", site="aaa2222" if n % 2 else "bbb3333", overall=str(2 + n % 4)) for n in range(8)]
    import_responses(embedded, "a.csv", as_csv(*rows), "phone")
    for number in range(6):
        place = open_site(embedded.sites[number % 2])
        submit(place, {**FORM, "overall": [str(1 + number % 5)]}, f"k{number}", "zh", datetime.now(UTC))
    run = run_estimate(embedded)
    assert [(row["mode"], row["n"]) for row in run.result["modes"]] == [("phone", 8), ("web", 6)]
    assert recompute(run) == run.result
