"""What is a sentence of the other language, and what is none: names, units, and what rulebooks and people say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from ruamel.yaml import YAML

from analysis.scoring.programme_files import all_files

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
    r"或+|[万千][条个]|[<≥≤] [\d.]+[^ ;:()或]*|(?<=Suggested: )[\u3400-\u9fff、]+"
)


def foreign(pieces: list[str], language: str) -> list[str]:
    """The pieces of a text in `language` that hold a sentence of the other one."""
    other = SENTENCE if language == "zh" else HAN
    return sorted({piece for piece in pieces if other.search(without_quotations(piece))})


def foreign_on_paper(pieces: list[str], language: str) -> list[str]:
    """As `foreign`, of lines into which a page has broken its tables: in English, what is part of no quotation."""
    if language == "zh":
        return foreign(pieces, language)
    known = re.sub(r"[^\u3400-\u9fff\n]|或", "", "\n".join(quoted()))
    named = "|".join(sorted(NAMES, key=len, reverse=True))
    runs = {run for piece in pieces for run in HAN.findall(re.sub(named, " ", RULES.sub("", piece)))}
    return sorted(run for run in runs if run not in known)


@cache
def quoted() -> list[str]:
    """What rulebooks and questionnaires state in Chinese alone, which every language quotes; the longest first."""
    paths = [path for path in files("questionnaires").joinpath("library").iterdir() if path.name.endswith(".yaml")]
    texts = [path.read_text(encoding="utf-8") for path in paths]
    texts += [text for held in all_files().values() for text in held.values()]
    found = {said for text in texts for said in scalars(YAML(typ="safe").load(text))}
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
