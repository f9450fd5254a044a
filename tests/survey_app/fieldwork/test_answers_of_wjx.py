"""Exports of 问卷星 of other shapes: of the sample, by score, with rankings and own words; invitations looked up once for all."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import pytest
from sqlalchemy import event, select

from survey_app.answering.definitions import store_version
from survey_app.fieldwork.answers_in.importing import OpenMappingError, begun, import_answers, preview
from survey_app.fieldwork.answers_in.mapping import Mapping
from survey_app.fieldwork.invitations import make
from survey_app.models import Response, db
from tests.support.browser import PHONE, desk, violations
from tests.support.city import small_city, the_survey
from tests.support.stored import begins_with

OTHER = "{code: other, text: {zh: 其他, en: Other}, other: true}"
ASKED = f"""id: walks
version: "1"
title: {{zh: 步道, en: Walks}}
organiser: {{zh: 某局, en: An office}}
consent: {{version: "1", text: {{zh: 匿名, en: Anonymous}}}}
screened_out: {{zh: 谢谢, en: Thanks}}
thanks: {{zh: 谢谢, en: Thanks}}
columns: {{measure: overall, home_county: home}}
sections:
  - title: {{zh: 步道, en: Walks}}
    questions:
      - {{key: home, type: dropdown, text: {{zh: 您住在哪里？, en: Home?}}, options_from: home_areas, required: true}}
      - key: overall
        type: scale
        text: {{zh: 您对步道满意吗？, en: Satisfied?}}
        required: true
        options: [{{code: "5", text: {{zh: 很满意, en: Very}}}}, {{code: "4", text: {{zh: 满意, en: Fairly}}}}, {{code: "3", text: {{zh: 一般, en: Neither}}}},
          {{code: "2", text: {{zh: 不满意, en: Not}}}}, {{code: "1", text: {{zh: 很不满意, en: Not at all}}}}]
      - key: often
        type: single
        text: {{zh: 您每周去几次？, en: How often?}}
        options: [{{code: none, text: {{zh: 不去, en: Never}}}}, {{code: once, text: {{zh: 一次, en: Once}}}}, {OTHER}]
      - key: lacks
        type: multiple
        text: {{zh: 还缺什么？, en: What is missing?}}
        options: [{{code: light, text: {{zh: 路灯, en: Light}}}}, {{code: bench, text: {{zh: 长椅, en: Benches}}}}, {OTHER}]
      - key: order
        type: ranking
        text: {{zh: 先改哪一样？, en: What first?}}
        options: [{{code: light, text: {{zh: 路灯, en: Light}}}}, {{code: bench, text: {{zh: 长椅, en: Benches}}}}, {{code: path, text: {{zh: 路面, en: Paths}}}}]
"""
HEAD = ["序号", "提交答卷时间", "所用时间", "1、您住在哪里？", "2、您对步道满意吗？"]
ONE = ["1", "2025/9/3 12:04:10", "95秒", "甲县", "满意"]
TWO = ["2", "2025/9/3 12:05:10", "95秒", "乙县", "很满意"]


def city() -> None:
    small_city(opens_at=datetime(2025, 9, 1, tzinfo=UTC), questionnaire=store_version(ASKED, "walks"))


pytestmark = begins_with(city)


def table(*rows: list[str]) -> tuple[str, bytes]:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return "wjx.csv", out.getvalue().encode()


def taken(file: tuple[str, bytes], **more: object) -> list[dict[str, object]]:
    """The answers as they are stored, in the file's order."""
    survey = the_survey()
    mapping = begun(survey, *file, "").mapping
    import_answers(survey, *file, Mapping(mapping.collector, site="ccc4444", **more))  # type: ignore[arg-type]
    found = db.session.scalars(select(Response).order_by(Response.finished_at))
    return [{key: said for key, said in row.answers.items() if not key.startswith("_")} for row in found]


def test_scores_are_read_as_codes_and_what_has_none_is_asked_for_once(sqlite_app):
    file = table([*HEAD, "3、您每周去几次？"], [*ONE[:4], "4", "2"], [*TWO[:4], "5", "1"])
    survey = the_survey()
    with pytest.raises(OpenMappingError) as error:
        preview(survey, *file, begun(survey, *file, "").mapping)
    assert "collected.open_numbers" in [line.key for line in error.value.lines]
    with pytest.raises(OpenMappingError) as error:
        preview(survey, *file, Mapping("问卷星", site="ccc4444", numbers="code"))
    assert [line.key for line in error.value.lines] == ["collected.open_options"]
    rows = taken(file, numbers="code", options={"often": {"2": "once", "1": "none"}})
    assert [(row["overall"], row["often"]) for row in rows] == [(4, "once"), (5, "none")]


@pytest.mark.parametrize(
    ("heads", "one", "two"),
    [
        (["5、先改哪一样？"], ["长椅→路灯→路面"], ["路面┋路灯┋长椅"]),
        (["5、先改哪一样？(路灯)", "5、先改哪一样？(长椅)", "5、先改哪一样？(路面)"], ["2", "1", "3"], ["2", "3", "1"]),
        (
            ["5、先改哪一样？—路灯", "5、先改哪一样？—长椅", "5、先改哪一样？—路面"],
            ["2", "1", "-2"],
            ["(跳过)", "-3", "1"],
        ),
    ],
    ids=["one-column", "a-column-an-option", "not-all-ranked"],
)
def test_rankings_come_in_the_order_that_was_given(sqlite_app, heads, one, two):
    rows = taken(table([*HEAD, *heads], [*ONE, *one], [*TWO, *two]))
    whole = len(heads) == 1 or one[2] == "3"
    assert [row["order"] for row in rows] == (
        [["bench", "light", "path"], ["path", "light", "bench"]] if whole else [["bench", "light"], ["path"]]
    )


def test_own_words_beside_an_option_come_with_it_in_one_column_or_in_their_own(sqlite_app):
    heads = [*HEAD, "3、您每周去几次？", "4、还缺什么？"]
    rows = taken(table(heads, [*ONE, "其他〖隔天〗", "路灯┋其他〖厕所；饮水点〗"], [*TWO, "一次", "长椅"]))
    assert [(row["often"], row.get("often__other"), row["lacks"], row.get("lacks__other")) for row in rows] == [
        ("other", "隔天", ["light", "other"], "厕所；饮水点"),
        ("once", None, ["bench"], None),
    ]


def test_own_words_in_columns_of_options_come_with_them(sqlite_app):
    heads = [*HEAD, "4、还缺什么？(路灯)", "4、还缺什么？(长椅)", "4、还缺什么？(其他)"]
    rows = taken(table(heads, [*ONE, "1", "0", "其他〖厕所〗"], [*TWO, "0", "1", "0"]))
    assert [(row["lacks"], row.get("lacks__other")) for row in rows] == [
        (["light", "other"], "厕所"),
        (["bench"], None),
    ]


def test_invitations_of_a_file_are_looked_up_once_and_their_rows_are_of_the_sample(sqlite_app):
    survey = the_survey()
    site = next(site for site in survey.sites if site.code == "aaa2222")
    codes = [each.code for each in make(site, 12)]
    db.session.commit()
    rows = [[str(n), f"2025/9/3 12:{n:02}:10", "95秒", "甲县", "满意", code] for n, code in enumerate(codes)]
    file, asked = table([*HEAD, "邀请码"], *rows), []
    mapping = Mapping("问卷星", columns={"邀请码": "@invitation"})
    event.listen(db.engine, "before_cursor_execute", lambda *said: asked.append(said[2]))
    found = preview(survey, *file, mapping)
    assert (found.counts["stored"], found.counts["invited"]) == (12, 12)
    assert [one.partition("WHERE ")[2][:25] for one in asked if "FROM invitation JOIN" in one] == [
        "invitation.code_hash IN ("
    ]
    import_answers(survey, *file, mapping)
    assert {(row.psu, row.probability) for row in db.session.scalars(select(Response))} == {("aaa2222", True)}


@pytest.mark.browser
def test_columns_and_options_are_chosen_on_a_phone(tmp_path):
    heads = [*HEAD[:4], "2、这一题和原来的说法很不一样，而且写得很长很长很长很长很长很长很长很长", "3、您每周去几次？"]
    name, data = table(heads, [*ONE, "隔三差五才去一次两次不一定说不准的"], [*TWO, "一次"])
    with desk(tmp_path, city) as running:
        running.account("wang", "manager")
        page = running.page("wang", size=PHONE)
        page.goto(f"{running.base}/console/surveys/wave1/fieldwork/answers")
        page.set_input_files("input[type=file] >> nth=0", {"name": name, "mimeType": "text/csv", "buffer": data})
        page.click("form[enctype] button >> nth=0")
        page.wait_for_selector("select[name=site]")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        for box in page.locator("main select:visible").all():
            place = box.bounding_box()
            assert place is not None
            assert place["x"] + place["width"] <= PHONE["width"], "a choice lies beyond the screen"
        assert violations(page) == []
