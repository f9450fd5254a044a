"""A turn of the page holds every rule of its page, says the limit, and leads to what is wrong."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from questionnaires import check_answers, parse_definition
from questionnaires.patterns import check_pattern, digits_only, in_browser
from survey_app.answering.definitions import store_version
from survey_app.answering.pages.frame import HERE
from survey_app.answering.refusal_words import browser_check, refusal
from survey_app.models import Response, db
from survey_app.surveys.pages.questionnaire_preview import preview_html
from tests.support.application import absent
from tests.support.browser import PHONE, Desk, desk, violations
from tests.support.city import small_city

TEXT = (Path(__file__).parents[2] / "questionnaires" / "paged_form.yaml").read_text(encoding="utf-8")
PAGED = parse_definition(TEXT)
PLAN = "measure: {question: measure, satisfied: [5], scale: [1, 5]}\ndesign: {strata: stratum, psu: psu}\n"
WHOLE: dict[str, list[str]] = {"overall__bus": ["5"], "overall__health": ["1"]}
CASES: list[tuple[dict[str, list[str]], dict[str, str]]] = [
    ({}, {}),
    ({"postcode": ["271000"]}, {}), ({"postcode": [" 271000 "]}, {}), ({"postcode": ["２７１０００"]}, {}),
    ({"postcode": ["27100"]}, {"postcode": "pattern"}), ({"postcode": ["27100a"]}, {"postcode": "pattern"}),
    ({"postcode": ["27100000000"]}, {"postcode": "too_long"}), ({"postcode": ["  "]}, {}),
    ({"improve": ["bus", "parks", "health"]}, {}), ({"improve": ["none"]}, {}),
    ({"improve": ["bus"]}, {"improve": "too_few"}),
    ({"improve": ["bus", "parks", "health", "school"]}, {"improve": "too_many"}),
    ({"improve": ["bus", "none"]}, {"improve": "exclusive"}), ({"improve": ["none", "unsure"]}, {"improve": "exclusive"}),
    ({"moved": ["2019-04-01"]}, {}), ({"moved": ["1949-12-31"]}, {"moved": "out_of_range"}),
    ({"moved": ["2999-01-01"]}, {"moved": "out_of_range"}),
    ({"overall__bus": [], "overall__health": []}, {"overall__bus": "required"}),
    ({"overall__health": []}, {"overall__health": "required"}),
    ({"order__bus": ["1"], "order__health": ["2"]}, {}), ({"order__bus": ["2"]}, {"order": "rank_gap"}),
    ({"order__bus": ["1"], "order__health": ["1"]}, {"order__health": "rank_twice"}),
    ({"people": ["3"]}, {}), ({"people": ["１０"]}, {}), ({"people": ["三"]}, {"people": "not_a_number"}),
    ({"people": ["1,5"]}, {"people": "not_a_number"}), ({"people": ["1.5"]}, {"people": "not_whole"}),
    ({"people": ["0"]}, {"people": "out_of_range"}), ({"people": ["11"]}, {"people": "out_of_range"}),
    ({"people": ["3.0000001"]}, {"people": "not_a_number"}),
    ({"comment": ["好"]}, {"comment": "too_short"}), ({"comment": ["好" * 21]}, {"comment": "too_long"}),
    ({"comment": ["𫠠" * 20]}, {}),
]  # fmt: skip
SCRIPT = """
global.window = {};
process.argv.slice(1).forEach(function (file) { require(file); });
var asked = JSON.parse(require("fs").readFileSync(0, "utf-8"));
console.log(JSON.stringify(asked.map(function (one) {
  var found = [];
  one.forEach(function (q) { found = found.concat(window.minyiWrong(q.rules, q.key, q.names, q.found, false)); });
  return found;
})));
"""


@pytest.mark.parametrize(("sent", "errors"), CASES)
def test_the_server_refuses_by_the_rules(sent, errors):
    assert check_answers(PAGED, WHOLE | sent, datetime.now(UTC).date()).errors == errors


def test_the_phone_refuses_the_same_and_says_it_in_the_same_words():
    said = in_node([as_filled(WHOLE | sent) for sent, _ in CASES])
    for (sent, errors), there in zip(CASES, said, strict=True):
        words = {field: refusal(PAGED, field, key, "zh") for field, key in errors.items()}
        assert dict(reversed(there)) | words == dict(there), sent
        assert bool(there) == bool(errors), sent


@pytest.mark.parametrize(
    ("field", "key", "zh", "en"),
    [
        ("improve", "too_many", "最多选 3 项", "Please choose at most 3"),
        ("improve", "too_few", "请至少选 2 项", "Please choose at least 2"),
        (
            "improve",
            "exclusive",
            "“都很好”、“说不清”不能和其他选项同时选择",
            "“All is well”, “Cannot say” cannot be combined with other choices",
        ),
        ("people", "out_of_range", "超出了范围（1 到 10）", "Please enter 1 to 10"),
        ("moved", "out_of_range", "超出了范围（1950-01-01 到 今天）", "Please enter 1950-01-01 to today"),
        ("postcode", "pattern", "格式不对：六位数字", "Please write it like this: Six digits"),
        ("comment", "too_short", "请至少写 2 个字", "Please write at least 2 characters"),
        ("overall__health", "required", "“看病”还没有回答", "“Health” has no answer yet"),
        ("order", "too_many", "最多排 2 项", "Please rank at most 2"),
    ],
)
def test_words_carry_the_limits_and_the_questionnaires_own_options(field, key, zh, en):
    assert refusal(PAGED, field, key, "zh") == zh
    assert refusal(PAGED, field, key, "en") == en


PATTERNS = {  # pattern -> texts it takes, texts it does not
    r"\d{6}": (["271000", "２７１０００", "٢٧١٠٠٠"], ["27100", "27100a"]),
    r"^[A-Z]{2}\d{3}$": (["AB123"], ["ab123", "AB12"]),
    r"[\w\-]+@\w+": (["a-b@c", "王@鲁"], ["a b@c", "@c"]),
    r"鲁[A-Z]\-?[\dA-Z]{5,6}": (["鲁A12345", "鲁A-12345F"], ["京A12345"]),
    r"a\ b\&c\}|x}y]": (["a b&c}", "x}y]"], ["ab&c", "xy"]),
    r"[^\d]{1,3}": (["王芳", "ab"], ["a1", "四个字母"]),
    r"\W\S": (["-a"], ["aa"]),
    r"(?:0\d{2,3}-)?\d{7,8}": (["0538-1234567", "1234567"], ["0538 1234567"]),
    r"^a|b$": (["a", "b"], ["ab"]),
    ".": (["𫠠", "a"], ["ab", "𫠠a"]),
}


def test_a_pattern_takes_the_same_texts_on_the_phone():
    for pattern, (taken, refused) in PATTERNS.items():
        check_pattern(pattern, 20)
        assert all(re.fullmatch(pattern, text) for text in taken), pattern
        assert not any(re.fullmatch(pattern, text) for text in refused), pattern
    asked = [
        [{"rules": {"type": "short_text", "says": {"pattern": "no"}, "pattern": in_browser(pattern)}, "key": "q",
          "names": ["q"], "found": {"q": text}}]
        for pattern, texts in PATTERNS.items() for text in (*texts[0], *texts[1])
    ]  # fmt: skip
    expected = [
        sign
        for taken, refused in PATTERNS.values()
        for sign in (*([] for _ in taken), *([["q", "no"]] for _ in refused))
    ]
    assert in_node(asked) == expected
    assert in_browser(r"[\W_]") == ""  # left to the server


@pytest.mark.parametrize(
    ("pattern", "digits"),
    [
        (r"\d{6}", True), ("[0-9]{6}", True), (r"[1-9]\d{5}", True), (r"(?:1[3-9]|2)\d{9}", True), ("^27[0-2]{4}$", True),
        (r"\d{3}-\d{4}", False), (r"[A-Z]\d", False), (r"\d+(?:\.\d)?", False), (r"\w{6}", False), ("[^a]{6}", False),
        (r"\d{5}[0-9X]", False), ("[龘]", False),
    ],
)  # fmt: skip
def test_a_pattern_of_digits_alone_gets_the_number_keyboard(pattern, digits):
    assert digits_only(pattern) is digits


def as_filled(sent: dict[str, list[str]]) -> list[dict[str, Any]]:
    """What page.js hands to the check of each question: ticked boxes as lists, nothing that is blank."""
    asked = []
    for question in PAGED.questions:
        rules, names = browser_check(question, "zh"), list(question.fields())
        found = {
            name: sent[name] if question.type == "multiple" else sent[name][0]
            for name in names
            if any(sent.get(name, ()))
        }
        if rules:
            asked.append({"rules": rules, "key": question.key, "names": names, "found": found})
    return asked


def in_node(asked: Any) -> Any:
    node = shutil.which("node") or absent("node")
    assert node
    files = [str(HERE / "static" / name) for name in ("logic.js", "checks.js")]
    ran = subprocess.run(
        [node, "-e", SCRIPT, *files], input=json.dumps(asked), capture_output=True, text=True, check=True
    )
    return json.loads(ran.stdout)


def paged_city() -> None:
    small_city(questionnaire=store_version(TEXT, "paged-form"), plan=PLAN)


@pytest.fixture(scope="module")
def open_desk(tmp_path_factory) -> Iterator[Desk]:
    with desk(tmp_path_factory.mktemp("paged"), paged_city) as made:
        yield made


@pytest.fixture
def page(open_desk):
    made = open_desk.page(size=PHONE)
    made.goto(f"{open_desk.base}/s/aaa2222")
    yield made
    made.context.close()


def shown(page: Any) -> list[str]:
    return [line.inner_text() for line in page.locator("#summary li").all()]


def tick(page: Any, name: str, *codes: str) -> None:
    for code in codes:
        page.check(f"input[name={name}][value='{code}']")


@pytest.mark.browser
def test_a_turn_of_the_page_holds_every_rule_of_its_page(page):
    turn = page.locator("button", has_text="下一页")
    page.fill("#postcode", "2710")
    tick(page, "improve", "bus", "parks", "health", "school")
    turn.click()
    assert shown(page) == ["邮政编码 格式不对：六位数字", "哪里要改进？ 最多选 3 项"]
    assert page.evaluate("document.activeElement.id") == "summary"
    assert violations(page) == []
    assert page.get_attribute("#postcode", "aria-invalid") == "true"
    assert "postcode-error" in page.get_attribute("#postcode", "aria-describedby")
    assert "improve-error" in page.get_attribute("#q-improve fieldset", "aria-describedby")
    page.click("#summary a >> nth=1")
    assert page.evaluate("document.activeElement.name") == "improve"
    page.fill("#postcode", "271000")
    assert page.locator("#q-postcode.wrong, #postcode-error, #postcode[aria-invalid]").count() == 0
    assert page.get_attribute("#postcode", "aria-describedby") == "postcode-hint"
    assert shown(page) == ["哪里要改进？ 最多选 3 项"]
    page.uncheck("input[name=improve][value=bus]")
    assert page.locator("#summary, .wrong, .error").count() == 0
    turn.click()
    tick(page, "overall__bus", "5")
    turn.click()
    assert shown(page) == ["各项服务怎么样？ “看病”还没有回答"]
    assert page.title().startswith("需要修改：")
    assert violations(page) == []
    tick(page, "overall__health", "1")
    turn.click()
    assert page.title() == "分页问卷"
    assert page.locator("#people").is_visible()


def ranks(page: Any) -> dict[str, str]:
    """What the lists of the ranking hold, which are what is sent; and what is seen stands in the same order."""
    found = page.evaluate("[...document.querySelectorAll('.rank select')].map(e => [e.name.slice(7), e.value])")
    placed = [place for _, place in found if place]
    assert placed == [str(place + 1) for place in range(len(placed))]
    return {name: place for name, place in found if place}


@pytest.mark.browser
def test_a_ranking_is_tapped_dragged_or_moved_by_keys_and_sends_what_its_lists_would(page, open_desk):
    def option(code: str) -> Any:
        return page.locator(f".rank:has(#order__{code}) .place")

    page.click("#next")
    tick(page, "overall__bus", "5")
    tick(page, "overall__health", "1")
    option("health").click()
    option("bus").click()
    assert ranks(page) == {"health": "1", "bus": "2"}
    option("school").click()  # two may be ranked
    assert "名次已满" in page.inner_text("[data-ranks] [role=status]")
    assert ranks(page) == {"health": "1", "bus": "2"}
    assert violations(page) == []
    hold, under = option("health").locator("i").bounding_box(), option("bus").bounding_box()
    page.mouse.move(hold["x"] + 5, hold["y"] + 5)
    page.mouse.down()
    page.mouse.move(hold["x"] + 5, under["y"] + under["height"] - 3, steps=6)
    page.mouse.up()
    assert ranks(page) == {"bus": "1", "health": "2"}
    page.wait_for_timeout(80)
    option("bus").click()  # a second tap takes the place away
    assert ranks(page) == {"health": "1"}
    option("school").focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowUp")
    assert ranks(page) == {"school": "1", "health": "2"}
    assert page.evaluate("document.activeElement.dataset.for") == "order__school"
    assert "第1位" in page.inner_text("[data-ranks] [role=status]")
    page.click("#next")
    page.click("#send")
    page.wait_for_url("**/receipt/**")
    with open_desk.app.app_context():
        answers = db.session.scalars(select(Response.answers).order_by(Response.id.desc())).first()
    assert answers["order"] == ["school", "health"]


@pytest.mark.browser
def test_the_preview_turns_its_pages_by_itself_and_sends_nothing(open_desk, tmp_path):
    out = tmp_path / "preview.html"
    out.write_text(preview_html(PAGED, "zh"), encoding="utf-8")
    page, broken = open_desk.browser.new_page(viewport=PHONE), []
    page.on("pageerror", lambda error: broken.append(error))
    page.goto(out.as_uri())
    page.click("#size")
    page.click("#next")
    assert page.inner_text("#pages") == "第 2 页，共 3 页"
    page.click(".rank:has(#order__bus) .place")
    assert ranks(page) == {"bus": "1"}
    assert page.evaluate("document.getElementById('answers').method") == "get"
    assert broken == []
    page.close()


@pytest.mark.browser
def test_the_links_of_the_servers_summary_reach_questions_of_every_page(page, open_desk):
    token = page.locator("input[name=token]").input_value()
    html = page.request.post(
        page.url, form={"token": token, "postcode": "2710", "overall__bus": "5", "people": "11"}
    ).text()
    page.route("**/s/aaa2222", lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8"))
    page.goto(f"{open_desk.base}/s/aaa2222")
    assert shown(page) == [
        "邮政编码 格式不对：六位数字",
        "各项服务怎么样？ “看病”还没有回答",
        "您家有几口人？ 超出了范围（1 到 10）",
    ]
    for place, field in ((2, "people"), (0, "postcode"), (1, "overall__health")):
        page.click(f"#summary a >> nth={place}")
        assert page.evaluate("document.activeElement.name") == field
        assert page.locator(f"[name={field}]").first.is_visible()
        assert page.locator(f"[name={field}]").first.get_attribute("aria-invalid") == "true"
    tick(page, "overall__health", "1")
    assert len(shown(page)) == 2
    assert violations(page) == []


@pytest.mark.browser
def test_an_option_that_stands_alone_unticks_the_others_and_they_it(page):
    def ticked() -> list[str]:
        return page.evaluate("[...document.querySelectorAll('[name=improve]:checked')].map(e => e.value)")

    tick(page, "improve", "bus", "parks", "none")
    assert ticked() == ["none"]
    tick(page, "improve", "unsure")
    assert ticked() == ["unsure"]
    tick(page, "improve", "school")
    assert ticked() == ["school"]
    assert page.get_attribute("#postcode", "inputmode") == "numeric"
