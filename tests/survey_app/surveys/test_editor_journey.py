"""The questionnaire editor in a real browser: ten questions from nothing, by few clicks and the keyboard; on a phone too."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from questionnaires import parse_definition
from questionnaires.logic import Rule
from survey_app.models import QuestionnaireVersion, db
from tests.support.browser import PHONE, desk, violations
from tests.support.stored import empty

pytestmark = [pytest.mark.browser, pytest.mark.checks]
MOST_CLICKS = 60


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with desk(tmp_path_factory.mktemp("desk"), empty) as running:
        running.account("mia", "manager")
        yield running


class Hand:
    """Counts every click; what is typed, Tab and Enter with it, goes where the focus stands."""

    def __init__(self, page):
        self.page, self.clicks = page, 0

    def click(self, found) -> None:
        self.clicks += 1
        found.click()

    def press(self, name: str) -> None:
        self.click(self.page.get_by_role("button", name=name, exact=True))

    def type(self, *words: str) -> None:
        """Each word into a box, Tab between them."""
        for place, said in enumerate(words):
            if place:
                self.page.keyboard.press("Tab")
            self.page.keyboard.press("Control+A")
            self.page.keyboard.insert_text(said)

    def add(self, kind: str, zh: str, en: str) -> None:
        """A question of a type: one click, then words; they stand where the focus is."""
        number = self.page.locator("#outline .of-question").count()
        self.press(kind)
        self.page.locator("#outline .of-question").nth(number).wait_for()
        self.page.locator("[id='b.text.zh']:focus").wait_for()
        self.type(zh, en)

    def lines(self, name: str, *pairs: tuple[str, str]) -> None:
        """Options or rows, by Tab from one box to the next."""
        for place, (zh, en) in enumerate(pairs):
            self.tab_to(f"b.{name}.{place}.text.zh")
            self.type(zh, en)

    def tab_to(self, identifier: str) -> None:
        for _ in range(30):
            if self.page.evaluate("document.activeElement.id") == identifier:
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"the keyboard does not come to {identifier}")

    def choose(self, label: str, value: str) -> None:
        """An entry of a list: a click opens it, another takes it."""
        self.clicks += 2
        self.page.get_by_label(label, exact=True).select_option(value)


def kept(page) -> None:
    """Wait until the server has what was typed: what it sent back says so, and nothing waits to be sent."""
    page.locator("#editor[data-kept=yes]").wait_for(state="attached")


def test_ten_questions_from_nothing_take_at_most_sixty_clicks(served):
    page = served.page("mia")
    hand = Hand(page)
    page.goto(served.base + "/console/questionnaires")
    hand.click(page.get_by_label("标题", exact=True))
    hand.type("公交满意度调查", "Bus survey")
    hand.press("新建问卷")
    page.wait_for_url("**/drafts/*")
    hand.click(page.locator("[id='b.organiser.zh']"))
    hand.type("某市交通运输局", "Transport bureau")
    hand.add("单选", "最近一个月，您坐公交几次？", "How many bus trips in the past month?")
    hand.lines("options", ("十次以上", "Ten or more"), ("一到九次", "One to nine"), ("没有坐过", "None"))
    hand.add(
        "量表", "总的来说，您对公交满意还是不满意？", "Overall, how satisfied or dissatisfied are you with the buses?"
    )
    hand.add("矩阵", "下面各项，您满意还是不满意？", "How satisfied or dissatisfied are you with each?")
    hand.lines("rows", ("候车时间", "Waiting time"), ("车内拥挤", "Crowding"), ("票价", "Fares"))
    hand.add("多选", "您希望改进什么？", "What would you change?")
    hand.lines("options", ("班次", "More buses"), ("线路", "Routes"), ("站牌", "Stops"))
    hand.add("推荐度0–10", "您会向亲友推荐坐公交吗？", "How likely are you to recommend the bus?")
    hand.add("数字题", "您到车站走几分钟？", "How many minutes do you walk to the stop?")
    hand.add("短文字", "您最常坐哪条线路？", "Which line do you take most?")
    hand.add("长文字", "还有什么想说的？", "Anything else?")
    hand.add("日期", "您最近一次坐公交是哪天？", "When did you last take a bus?")
    hand.click(page.get_by_text("条件和其他设置"))
    hand.choose("依据的题目 1", "q1")
    page.get_by_label("比较 1").wait_for()
    for answer in ("十次以上", "一到九次"):
        hand.click(page.get_by_role("group", name="答案 1").get_by_label(answer))
        kept(page)
    part = page.get_by_label("题库", exact=True)
    hand.clicks += 2
    part.select_option(label="您的性别？")
    hand.press("放入")
    page.locator("#outline .of-question").nth(9).wait_for()
    kept(page)
    assert violations(page) == []
    assert "没有须改正的地方" in page.locator("#told").inner_text()
    hand.click(page.get_by_role("link", name="存为版本"))
    hand.press("存为版本")
    page.wait_for_url("**/questionnaires/1")
    assert hand.clicks <= MOST_CLICKS, hand.clicks
    with served.app.app_context():
        definition = parse_definition(db.session.scalars(select(QuestionnaireVersion)).one().body)
    assert [question.type for question in definition.questions] == [
        "single", "scale", "matrix", "multiple", "recommend", "number", "short_text", "long_text", "date", "single",
    ]  # fmt: skip
    assert [choice.text.zh for choice in definition.questions[0].options] == ["十次以上", "一到九次", "没有坐过"]
    assert definition.questions[8].rule == Rule("in", "q1", ["1", "2"])


def test_on_a_phone_the_keyboard_orders_a_check_speaks_and_nothing_is_wider_than_the_screen(served):
    page = served.page("mia", "en", PHONE)
    page.goto(served.base + "/console/questionnaires")
    page.get_by_label("Title", exact=True).fill("顺序")
    page.get_by_role("button", name="New questionnaire").click()
    page.wait_for_url("**/drafts/*")
    for kind, key in (("Date", "q1"), ("Scale", "q2")):
        page.get_by_role("button", name=kind, exact=True).click()
        page.locator("#outline li.of-question [aria-current]", has_text=key).wait_for()
        kept(page)
    page.locator("#outline [aria-current]").focus()
    page.keyboard.press("Alt+ArrowUp")
    page.locator("#told", has_text="moved q2").wait_for()
    assert "Scale" in page.locator("#outline .of-question").first.inner_text()
    assert page.evaluate("document.activeElement.getAttribute('aria-current')") == "true"
    page.locator("[id='b.key']").fill("2x")
    page.locator("[id='said-key'] .error").wait_for()  # said at its box while one types
    kept(page)
    page.locator("#outline .of-question").first.drag_to(page.locator("#outline .of-question").nth(1))
    page.locator("#told", has_text="moved").wait_for()
    page.get_by_role("button", name="Undo").click()
    kept(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert violations(page) == []
