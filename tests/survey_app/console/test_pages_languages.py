"""Every page of the console in one language: no English sentence for a Chinese reader, and the other way round."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

import pytest
from lxml import html
from ruamel.yaml import YAML

from survey_app.jobs.queue import enqueue
from tests.support.city import scored_city, the_survey
from tests.support.people import enter, person
from tests.support.stored import begins_with
from tests.survey_app.console.test_permissions import NOTHING_THERE, things


def city() -> None:
    scored_city()
    enqueue("flags", {"survey": the_survey().id}, "admin")


pytestmark = begins_with(city)
HAN = re.compile("[\u3400-\u9fff]{2,}")
SENTENCE = re.compile(r"\b[A-Za-z]?[a-z]+(?:[ ,]+[a-z]+){3,}\b")
NAMES = {
    "民意", "中文", "未达星级",  # of the product, of a language, of no star
    "某市市民体验调查", "甲县", "乙县", "某市", "某局", "一号点", "新区", "一号路口", "平板", "证明", "很好",
    "路口的红绿灯坏了，请打〔电话〕",  # the simulated city: its places, answers and files
    "用户名", "姓名", "角色", "地区", "部门", "编码", "名称", "英文名", "类型", "上级", "常住人口",  # headings of files
    "变量", "水平", "人口", "类别", "所在地区", "符合条件人数", "居民数", "入样概率", "基础权数", "权数所按份数", "目标",
    "抽样点", "公众满意度", "重大网络安全事件", "累计扣分", "牵头部门", "指标数值", "经常", "有时",  # and of sheets, and words that a questionnaire should not use
}  # fmt: skip
RULES = re.compile(  # a rule's own condition with its unit and how its parts are joined, and who leads it by the annex
    r"或+|[<≥≤] [\d.]+[^ ;:()或]*|(?<=Suggested: )[\u3400-\u9fff、]+"
)
POSTERS = "console.posters_print"  # hangs in the city, in Chinese, whoever prints it
SAID = ("title", "placeholder", "aria-label", "alt")  # attributes that a person reads or hears


def sentences(page: str) -> list[str]:
    """What stands on a page, piece by piece; not what is code, nor what says that it is in another language."""
    document = html.fromstring(page)
    own = document.get("lang", "")[:2]
    for element in document.xpath("//script|//style|//pre|//code|//textarea"):
        element.drop_tree()
    for drawing in document.xpath("//*[@role='img']//*[@aria-label]"):
        del drawing.attrib["aria-label"]  # the drawing has one name for those who hear it
    for element in document.xpath("//*[@lang][not(self::html)]"):
        if element.get("lang")[:2] != own:
            element.drop_tree()
    found = [*document.xpath("//text()"), *document.xpath("|".join(f"//@{name}" for name in SAID))]
    return [" ".join(piece.split()) for piece in found if piece.strip()]


@cache
def quoted() -> list[str]:
    """What rulebooks and questionnaires state in Chinese alone, which every language quotes; the longest first."""
    goals = files("analysis").joinpath("scoring/goals.yaml")
    folders = [files("analysis").joinpath("scoring/rulebooks"), files("questionnaires").joinpath("library")]
    paths = [path for folder in folders for path in folder.iterdir() if path.name.endswith(".yaml")]
    paths.append(goals)
    found = {said for path in paths for said in scalars(YAML(typ="safe").load(path.read_text(encoding="utf-8")))}
    return sorted(found | NAMES, key=len, reverse=True)


def scalars(node: object) -> Iterator[str]:
    if isinstance(node, dict | list):
        for each in node.values() if isinstance(node, dict) else node:
            yield from scalars(each)
    elif isinstance(node, str) and HAN.search(node):
        yield node


def without_quotations(piece: str) -> str:
    for said in quoted():
        if said in piece:
            piece = piece.replace(said, "")
    return RULES.sub("", piece)


def pages(app, language):
    client = enter(app.test_client(), person("administrator", "", "").user)
    client.set_cookie("minyi_language", language)
    for thing in things():
        if thing.method == "GET" and thing.endpoint not in {*NOTHING_THERE, POSTERS}:
            answer = client.get(thing.address)
            if answer.status_code == 200 and answer.mimetype == "text/html":
                yield thing.endpoint, sentences(answer.get_data(as_text=True))


@pytest.mark.parametrize(("language", "foreign"), [("zh", SENTENCE), pytest.param("en", HAN, marks=pytest.mark.checks)])
def test_no_page_speaks_the_other_language(sqlite_app, language, foreign):
    found, seen = {}, 0
    for endpoint, said in pages(sqlite_app, language):
        seen += 1
        wrong = sorted({piece for piece in said if foreign.search(without_quotations(piece))})
        if wrong:
            found[endpoint] = wrong
    assert seen > 40
    assert found == {}
