"""Answers exported by 问卷星 and KoboToolbox: read value for value, once, asked where unknown, outside of the sample without invitations."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from survey_app.answering.definitions import definition_of
from survey_app.answering.erasure import erase
from survey_app.answering.invitation_links import find_invitation, forget_links, spend
from survey_app.answering.open_sites import forget_sites
from survey_app.cli import cli
from survey_app.fieldwork.answers_in import importing
from survey_app.fieldwork.answers_in import mapping as mappings
from survey_app.fieldwork.answers_in.headings import is_personal
from survey_app.fieldwork.answers_in.importing import OpenMappingError, begun, import_answers, imports_of, preview
from survey_app.fieldwork.answers_in.mapping import Mapping, MappingError
from survey_app.fieldwork.answers_in.reading import seconds_of
from survey_app.fieldwork.answers_in.targets import Targets, chosen_in
from survey_app.fieldwork.invitations import make
from survey_app.fieldwork.pages.answers_forms import mapping_form
from survey_app.files.said import FileRefusedError
from survey_app.jobs.worker import run_next
from survey_app.models import AuditEntry, Job, Response, Survey, User, db
from survey_app.responses.process import seconds_taken
from survey_app.surveys.collectors import notices_of_collectors
from tests.support.application import change
from tests.support.city import small_city, the_survey
from tests.support.people import csrf, enter, person
from tests.support.stored import begins_with, this_run
from wording import Message, of_column

FILES = Path(__file__).parents[2] / "reference" / "interchange"
FIRST = {
    "home": "甲县", "age": "30-44", "overall": 2, "improve": ["speed", "privacy"], "services": {"bus": 3, "parking": 0},
    "recommend": 8, "comment": "路口的灯坏了", "sex": "female", "years": "5-9",
}  # fmt: skip
SECOND = {
    "home": "乙县",
    "age": "16-29",
    "overall": 5,
    "services": {"bus": 5, "parking": 4},
    "recommend": 10,
    "sex": "male",
}


def city_of_2025() -> None:
    small_city(opens_at=datetime(2025, 9, 1, tzinfo=UTC))


pytestmark = begins_with(city_of_2025)


def sample(name: str) -> tuple[str, bytes]:
    return name, (FILES / name).read_bytes()


def changed(name: str, change: dict[tuple[int, str], str]) -> tuple[str, bytes]:
    """A CSV sample with other cells: (row, heading) -> text; row 0 is the heading's."""
    rows = list(csv.reader(io.StringIO((FILES / name).read_text(encoding="utf-8-sig"))))
    heads = list(rows[0])
    for (row, heading), said in change.items():
        rows[row][heads.index(heading)] = said
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return name, out.getvalue().encode()


def stored() -> list[Response]:
    return list(db.session.scalars(select(Response).order_by(Response.finished_at)))


def said(row: Response) -> dict[str, object]:
    return {key: answer for key, answer in row.answers.items() if not key.startswith("_")}


def mapping_for(survey: Survey, name: str, data: bytes, **more: str) -> Mapping:
    """What the file shows by itself, with what a person says of it."""
    found = begun(survey, name, data, "").mapping
    columns = {"12、请填写邀请码": "@invitation"} if name == "wjx-text.csv" else {}
    return Mapping(found.collector, site="ccc4444", columns=columns, **more)


@pytest.mark.parametrize(
    ("name", "more", "absent"),
    [
        ("wjx-text.csv", {}, ()), ("wjx-serial.csv", {"numbers": "serial"}, ("recommend",)),
        ("kobo-values.csv", {}, ()), ("kobo-labels.xlsx", {}, ()),
    ],
)  # fmt: skip
def test_what_each_tool_exports_is_stored_value_for_value_with_its_times(sqlite_app, name, more, absent):
    survey = the_survey()
    data = sample(name)[1]
    import_answers(survey, name, data, mapping_for(survey, name, data, **more))
    rows = stored()[:2]
    first = FIRST | {"aishandong": "often"} if name.startswith("wjx") else FIRST
    for row, wanted in zip(rows, (first, SECOND), strict=True):
        assert said(row) == {key: answer for key, answer in wanted.items() if key not in absent}
    assert [(row.mode, row.probability, row.psu) for row in rows] == [("api", False, "ccc4444")] * 2
    assert rows[0].finished_at == datetime(2025, 9, 3, 12, 4, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert [seconds_taken(row) for row in rows] == [250, 95]
    assert "192.0.2" not in str([row.answers for row in stored()])
    assert "张三" not in str([row.answers for row in stored()])


def test_a_preview_names_rows_cells_blanks_and_what_stays_out_and_stores_nothing(sqlite_app):
    survey = the_survey()
    name, data = sample("wjx-text.csv")
    found = preview(survey, name, data, mapping_for(survey, name, data), "zh")
    assert stored() == []
    assert found.counts == {
        "rows": 5, "stored": 3, "invited": 0, "screened_out": 1, "already": 0, "changed": 0, "twice": 1, "refused": 1,
        "empty": 3, "skipped": 11,
    }  # fmt: skip
    (fault,) = found.refused
    assert (fault.row, str(fault)) == (5, "请回答这一题")
    assert "满意还是不满意" in fault.column
    assert found.left == ("来源详情", "来自IP", "11、您的姓名：")
    kobo = preview(survey, *sample("kobo-values.csv"), mapping_for(survey, *sample("kobo-values.csv")), "zh")
    assert [(each.row, each.said.key) for each in kobo.refused] == [(4, "collected.not_approved")]
    assert {"deviceid", "gps", "_gps_latitude", "_submitted_by"} <= set(kobo.left)


def test_twice_imported_is_once_and_a_changed_row_is_told_and_not_stored(app):
    survey = the_survey()
    name, data = sample("wjx-text.csv")
    mapping = mapping_for(survey, name, data)
    assert import_answers(survey, name, data, mapping).counts["stored"] == 3
    db.session.commit()
    again = import_answers(survey, *changed(name, {(1, "9、您的性别？"): "男"}), mapping)
    db.session.commit()
    assert (again.counts["stored"], again.counts["already"], again.counts["changed"], again.changed) == (0, 3, 1, (2,))
    assert stored()[0].sex == "female"
    assert (
        import_answers(survey, name, data, mapping.under("另一家")).counts["stored"] == 3
    )  # another collector's own numbers
    db.session.commit()
    assert [(one.collector, one.counts["stored"]) for one in imports_of(survey)] == [
        ("另一家", 3),
        ("问卷星", 0),
        ("问卷星", 3),
    ]
    trail = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "answers.import")).first()
    assert trail.after["file_digest"] == imports_of(survey)[-1].digest
    told = notices_of_collectors(survey, 10**6)
    assert [(each["key"], each["params"]["collector"], each["params"]["number"]) for each in told] == [
        ("collector_file", "另一家", 2), ("collector_file", "问卷星", 2),
    ]  # fmt: skip


def test_a_row_with_an_unused_invitation_is_of_the_sample_and_one_used_or_unknown_stays_out(app):
    survey = the_survey()
    site = next(site for site in survey.sites if site.code == "aaa2222")
    first, second = (each.code for each in make(site, 2))
    db.session.commit()
    column = "12、请填写邀请码"
    name, data = changed(
        "wjx-text.csv", {(1, column): first, (2, column): first, (3, column): "AAAA-AAAA-AAAA", (5, column): first}
    )
    found = import_answers(survey, name, data, mapping_for(survey, name, data))
    db.session.commit()
    assert (found.counts["stored"], found.counts["invited"]) == (1, 1)
    assert [(row.psu, row.probability) for row in stored()] == [("aaa2222", True)]
    assert {(each.row, each.said.key) for each in found.refused if each.row < 5} == {
        (3, "api.used_invitation"), (4, "api.no_invitation"),
    }  # fmt: skip
    name, data = changed("wjx-text.csv", {(1, "序号"): "7", (1, column): first, (2, column): second})
    later = import_answers(survey, name, data, mapping_for(survey, name, data))
    assert later.counts["invited"] == 1
    assert (2, "api.used_invitation") in {(each.row, each.said.key) for each in later.refused if each.row < 5}


def test_what_is_not_known_is_asked_for_and_the_answer_is_kept_and_travels(sqlite_app):
    survey = the_survey()
    name, data = changed(
        "wjx-text.csv",
        {(0, "9、您的性别？"): "9、您是先生还是女士", (1, "9、您的性别？"): "女士", (2, "9、您的性别？"): "先生"},
    )
    with pytest.raises(OpenMappingError) as error:
        preview(survey, name, data, begun(survey, name, data, "").mapping)
    assert [line.key for line in error.value.lines] == ["collected.open_column"] * 2 + ["collected.open_options"]
    columns = {"9、您是先生还是女士": "sex", "12、请填写邀请码": ""}
    mapping = Mapping("问卷星", site="ccc4444", columns=columns, options={"sex": {"女士": "female", "先生": "male"}})
    text = mappings.as_text(mapping, definition_of(survey))
    assert mappings.from_yaml(text, definition_of(survey)) == mapping
    import_answers(survey, name, data, mapping)
    db.session.commit()
    assert [row.sex for row in stored()[:2]] == ["female", "male"]
    assert begun(survey, name, data, "").mapping == mapping
    for wrong in (
        Mapping("问卷星", columns={"a": "mood"}), Mapping("问卷星", options={"mood": {}}), Mapping("问卷星", options={"sex": {"a": "b"}}),
        Mapping(" "),
    ):  # fmt: skip
        with pytest.raises(MappingError):
            mappings.from_yaml(mappings.as_text(wrong, definition_of(survey)), definition_of(survey))


def test_what_a_number_means_is_never_guessed(sqlite_app):
    survey = the_survey()
    name, data = sample("wjx-serial.csv")
    with pytest.raises(OpenMappingError) as error:
        preview(survey, name, data, begun(survey, name, data, "").mapping)
    assert "collected.open_numbers" in [line.key for line in error.value.lines]
    overall = definition_of(survey).question("overall")
    targets = Targets(definition_of(survey))
    assert [targets.option_of(overall, "2", numbers) for numbers in ("", "serial", "code")] == [None, "4", "2"]
    assert targets.option_of(overall, "3", "") == "3"
    assert targets.option_of(overall, "6", "") is None
    assert targets.option_of(definition_of(survey).question("age"), "16～29 岁", "") == "16-29"


def test_files_of_other_questions_and_of_a_closed_survey_are_refused_in_a_sentence(sqlite_app):
    survey = the_survey()
    other = "序号,提交答卷时间,1、您常去哪个公园\n1,2025/9/3 12:00:00,人民公园\n".encode()
    with pytest.raises(FileRefusedError, match="no column of the table"):
        begun(survey, "other.csv", other, "")
    name, data = sample("wjx-text.csv")
    mapping = mapping_for(survey, name, data)
    survey.state = "paused"
    db.session.commit()
    forget_sites()
    with pytest.raises(FileRefusedError) as error:
        import_answers(survey, name, data, mapping)
    assert error.value.said.key == "api.not_open"


@pytest.mark.parametrize(
    ("heading", "target"),
    [
        ("第3题", ("overall", False)), ("5、您满意吗—停车", (None, False)), ("第5题(停车)", ("services__parking", True)),
        ("group/overall", ("overall", True)), ("group/improve/speed", ("improve=speed", True)), ("停车", ("services__parking", True)),
        ("Your sex?", ("sex", True)), ("3、别的问题", ("overall", False)), ("99、别的问题", (None, False)),
    ],
)  # fmt: skip
def test_a_heading_is_known_by_words_or_path_and_by_its_number_only_as_a_guess(sqlite_app, heading, target):
    assert Targets(definition_of(the_survey())).meant_by(heading) == target


def test_headings_of_persons_are_known_and_those_of_opinions_are_not():
    personal = (
        "来自IP",
        "您的姓名：",
        "3、请填写您的手机号码",
        "联系电话（选填）",
        "username",
        "_home_latitude",
        "meta/deviceid",
    )
    assert [each for each in personal if not is_personal(each)] == []
    assert [each for each in ("2、您的手机信号好吗", "网络", "name of the park", "小区名称") if is_personal(each)] == []


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("95秒", 95),
        ("2分3秒", 123),
        ("1小时2分", 3720),
        ("0:02:03", 123),
        ("88", 88),
        ("很久", None),
        ("", None),
        ("99999999999秒", None),
        ("9" * 5000, None),
        ("9999999:00", None),
    ],
)
def test_a_duration_is_read_as_the_tools_write_it(written, seconds):
    assert seconds_of(written) == seconds


def test_numbers_without_end_are_faults_of_their_rows_and_break_nothing(sqlite_app):
    survey = the_survey()
    overall, digits = "3、总的来说，您对本市智慧城市建设的效果满意还是不满意？", "9" * 5000
    name, data = changed("wjx-text.csv", {(1, "所用时间"): "99999999999秒", (2, "提交答卷时间"): "0001-01-02 00:00:00", (2, "所用时间"): "999999秒"})  # fmt: skip
    found = preview(survey, name, data, mapping_for(survey, name, data))
    assert {(each.row, each.said.key) for each in found.refused if each.row < 4} == {
        (2, "collected.no_duration"), (3, "collected.no_duration"),
    }  # fmt: skip
    name, data = changed("wjx-text.csv", {(1, overall): digits})
    with pytest.raises(OpenMappingError) as error:
        preview(survey, name, data, mapping_for(survey, name, data))
    assert "collected.open_numbers" in [line.key for line in error.value.lines]
    targets = Targets(definition_of(survey))
    assert [targets.option_of(definition_of(survey).question("overall"), digits, numbers) for numbers in ("serial", "code")] == [None, None]  # fmt: skip
    assert targets.meant_by(f"第{digits}题") == (None, False)


def test_an_answer_that_was_erased_does_not_come_back_with_the_next_export(app):
    survey = the_survey()
    name, data = sample("wjx-text.csv")
    mapping = mapping_for(survey, name, data)
    import_answers(survey, name, data, mapping)
    db.session.commit()
    erase(stored()[0].receipt, "本人要求")
    db.session.commit()
    again = import_answers(survey, name, data, mapping)
    db.session.commit()
    assert (again.counts["stored"], again.counts["already"], again.counts["changed"], len(stored())) == (0, 3, 0, 2)


def test_a_good_row_after_a_refused_one_of_the_same_key_is_stored(sqlite_app):
    survey = the_survey()
    name, data = changed("wjx-text.csv", {(1, "序号"): "4", (4, "序号"): "1", (5, "序号"): "1"})
    assert preview(survey, name, data, mapping_for(survey, name, data)).counts["stored"] == 4


def test_what_was_written_beside_an_option_may_have_any_sign_in_it():
    question = SimpleNamespace(type="multiple")
    assert chosen_in(question, "停车┋其他〖路灯；井盖|栏杆〗┋公交", ()) == ["停车", "其他〖路灯；井盖|栏杆〗", "公交"]
    assert chosen_in(question, "停车;其他〖路灯", ()) == ["停车", "其他〖路灯"]


def test_codes_of_blanks_are_no_answers_to_a_choice_and_no_words_of_a_citizen(sqlite_app):
    survey = the_survey()
    recommend, comment = "7、您有多大可能向亲友推荐在本市生活？", "8、还有什么想告诉我们的？"
    name, data = changed("wjx-text.csv", {(1, recommend): "-2", (1, comment): "-3"})
    import_answers(survey, name, data, mapping_for(survey, name, data))
    first = said(stored()[0])
    assert "recommend" not in first
    assert first["comment"] == "-3"  # in a file of words it may be what the citizen wrote
    db.session.rollback()
    rows = list(csv.reader(io.StringIO((FILES / "wjx-serial.csv").read_text(encoding="gb18030"))))
    rows[1][rows[0].index(comment)] = "-3"
    for number, row in enumerate(rows[1:], 1):
        row[6] = str(number)  # where one lives: all choices are numbers then
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    found = begun(survey, "wjx-serial.csv", out.getvalue().encode(), "")
    assert next(row for row in found.rows()).answers.get("comment") is None


def test_a_column_with_too_many_places_is_no_column_of_sites_and_an_empty_one_names_none(sqlite_app):
    survey = the_survey()
    name, data = sample("wjx-text.csv")
    site = {"11、您的姓名：": "", "12、请填写邀请码": "", "来源": "@site"}
    mapping = Mapping("问卷星", site="ccc4444", columns=site)
    empty = changed(name, {(row, "来源"): "(空)" for row in range(1, 6)})[1]
    assert preview(survey, name, empty, mapping).counts["stored"] == 3
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    out = io.StringIO()
    csv.writer(out).writerows([rows[0], *([str(row), *rows[1][1:3], f"某处{row}", *rows[1][4:]] for row in range(100))])
    many = out.getvalue().encode()
    with pytest.raises(OpenMappingError) as error:
        preview(survey, name, many, mapping)
    assert [(line.key, line.params["n"]) for line in error.value.lines] == [("collected.no_choice", 100)]
    sheet = begun(survey, name, many, "").under(mapping)
    with sqlite_app.test_request_context():
        assert [box for box in mapping_form(survey, sheet, False)._fields if box.startswith("place-")] == []


def test_the_counts_of_an_import_are_those_of_what_became_of_its_rows(app, monkeypatch):
    survey = the_survey()
    site = next(site for site in survey.sites if site.code == "aaa2222")
    first, second = (each.code for each in make(site, 2))
    db.session.commit()
    column = "12、请填写邀请码"
    name, data = changed("wjx-text.csv", {(1, column): first, (2, column): second, (5, column): second})
    mapping = mapping_for(survey, name, data)

    def used_meanwhile():
        spend(find_invitation(first), "1.1")

    monkeypatch.setattr(importing.audit, "wait_turn", used_meanwhile)
    found = import_answers(survey, name, data, mapping)
    wanted = {"stored": 2, "invited": 1, "screened_out": 1, "refused": 2}
    assert {key: found.counts[key] for key in wanted} == wanted
    db.session.rollback()
    monkeypatch.setattr(importing.audit, "wait_turn", lambda: forget_links(survey.id))
    with pytest.raises(FileRefusedError) as error:
        import_answers(survey, name, data, mapping)
    assert error.value.said.key == "api.not_open"


def test_the_job_asks_again_who_may_store_and_its_file_is_there_until_it_is_done(sqlite_app):
    page = enter(sqlite_app.test_client(), person("manager", "", "").user)
    user = db.session.scalars(select(User)).one()
    survey, at = the_survey(), "/console/surveys/wave1/fieldwork/answers"
    token = {"csrf_token": csrf(page.get(at).text)}
    name, data = sample("wjx-text.csv")
    mappings.keep(survey, mapping_for(survey, name, data))
    db.session.commit()
    shown = page.post(at, data=token | {"file": (io.BytesIO(data), name)})
    key = {"key": re.findall(r'name="key" value="([^"]+)"', shown.text)[0]}
    change(sqlite_app, jobs="external")
    page.post(f"{at}/store", data=token | key)
    job = db.session.scalars(select(Job)).one()
    user.active = False
    db.session.commit()
    assert run_next()
    db.session.refresh(job)
    assert (job.state, str(of_column(job.error))) == ("failed", str(Message("collected.may_not")))
    user.active = True
    db.session.commit()
    assert f'href="{at}"' in page.get(f"/console/jobs/{job.id}").text
    page.post(f"{at}/store", data=token | key)
    assert run_next()
    assert len(stored()) == 3
    assert page.post(f"{at}/store", data=token | key).status_code == 422


def test_a_manager_chooses_what_is_not_known_looks_and_stores_in_the_browser(sqlite_app):
    page = enter(sqlite_app.test_client(), person("manager", "", "").user)
    at = "/console/surveys/wave1/fieldwork/answers"
    token = {"csrf_token": csrf(page.get(at).text)}
    name, data = changed("wjx-text.csv", {(0, "9、您的性别？"): "9、您是先生还是女士", (1, "9、您的性别？"): "女士"})
    asked = page.post(at, data=token | {"file": (io.BytesIO(data), name), "collector": "甲公司"})
    assert asked.status_code == 422
    assert "按题号猜的" in asked.text
    assert "来源详情" in asked.text
    form = boxes(asked.text)
    place = next(box for box in form if box.startswith("column-") and form[box] == "?")
    asked = page.post(f"{at}/map", data=token | form | {"site": "ccc4444", place: "@invitation"})
    assert asked.status_code == 422
    assert "女士" in asked.text
    form = boxes(asked.text)
    box = next(box for box in form if box.startswith("option-sex-") and form[box] == "?")
    shown = page.post(f"{at}/map", data=token | form | {box: "female"})
    assert shown.status_code == 200
    assert "存入 3 份" in shown.text
    assert "11、您的姓名：" in shown.text
    assert stored() == []
    key = boxes(shown.text)["key"]
    done = page.post(f"{at}/store", data=token | {"key": key}, follow_redirects=True)
    assert "甲公司" in done.text
    assert "wjx-text.csv" in done.text
    assert len(stored()) == 3
    kept = page.get(f"{at}/mapping.yaml?collector=甲公司")
    assert "您是先生还是女士: sex" in kept.text
    again = page.post(
        f"{at}/mapping", data=token | {"file": (io.BytesIO(kept.data), "mapping.yaml")}, follow_redirects=True
    )
    assert "对照表已保存。" in again.text
    wrong = page.post(f"{at}/mapping", data=token | {"file": (io.BytesIO(b"collector: x\nsite: 7\n"), "mapping.yaml")})
    assert wrong.status_code == 422
    assert "mapping.yaml" in wrong.text
    assert page.post(f"{at}/store", data=token | {"key": key}).status_code == 422


def boxes(html: str) -> dict[str, str]:
    """The boxes of the page's form as a browser sends them untouched."""
    found = {}
    for select_ in re.finditer(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', html, re.S):
        chosen = re.search(r'<option selected value="([^"]*)"', select_[2])
        found[select_[1]] = unescape(chosen[1] if chosen else re.search(r'value="([^"]*)"', select_[2])[1])
    found["key"] = re.findall(r'name="key" value="([^"]+)"', html)[0]
    return found


def test_the_command_previews_asks_by_a_mapping_and_stores_what_is_right(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", this_run().on_sqlite(city_of_2025, tmp_path / "minyi.sqlite3"))
    monkeypatch.setenv("MINYI_INSTANCE", str(tmp_path))
    file = tmp_path / "wjx-text.csv"
    file.write_bytes(sample(file.name)[1])
    out = tmp_path / "mapping.yaml"

    def minyi(*arguments: object):
        return CliRunner().invoke(cli, ["import", *map(str, arguments)])

    asked = minyi("answers", "wave1", file)
    assert asked.exit_code == 2
    assert "minyi import mapping wave1" in asked.stderr
    assert minyi("mapping", "wave1", file, "--out", out).exit_code == 0
    text = out.read_text(encoding="utf-8")
    assert "# services__bus" in text
    assert "12、请填写邀请码: null\n" in text
    refused = minyi("answers", "wave1", file, "--mapping", out)
    assert refused.exit_code == 2
    assert "columns.12、请填写邀请码" in refused.stderr
    out.write_text(text.replace("12、请填写邀请码: null\n", '12、请填写邀请码: ""\n'), encoding="utf-8")
    seen = minyi("answers", "wave1", file, "--mapping", out, "--preview")
    assert seen.exit_code == 0
    assert "3 to store" in seen.stdout
    told = json.loads(minyi("answers", "wave1", file, "--mapping", out, "--json").stdout)
    assert (told["stored"], told["refused"], told["refused_rows"][0]["row"], told["collector"]) == (3, 1, 5, "问卷星")
    assert json.loads(minyi("answers", "wave1", file, "--mapping", "问卷星", "--json").stdout)["already"] == 3
    assert minyi("answers", "wave1", file, "--mapping", "nobody").exit_code == 2
    assert minyi("mapping", "wave1", "--collector", "问卷星", "--out", out).exit_code == 0
