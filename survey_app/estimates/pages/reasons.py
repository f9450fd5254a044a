"""Why a part of an estimate cannot be told, in the reader's language: the analysis says it in English and a run keeps that."""

from __future__ import annotations

import re
from collections.abc import Callable

from survey_app.console.words import english

_SAID: dict[str, str] = {
    r"only (\S+) degrees of freedom: the interval is unreliable": "自由度只有{}，区间不可靠",
    r"everyone, or nobody, is satisfied: the interval is the exact one on n": "全部满意或全部不满意：区间按份数精确计算",
    r"ranks need at least two fields": "可比较的领域不足两个，排不出名次",
    r"no county has (\d+) ratings of a field whose points are known": "没有一个县(市、区)对已知得分的领域有{}份评价",
    r"the share of points does not vary within fields and counties, so it cannot be related to satisfaction":
        "得分率在各领域和各县(市、区)都一样，看不出与满意度的关系",
    r"importance needs at least two services to compare \((.*)\)": "可比较的服务不足两项（{}）",
    r"one was given": "只有一项",
    r"(\d+) terms leave no degree of freedom; ask about fewer services, or visit more sites":
        "{}个系数用尽了自由度；请减少服务项目，或增加抽样点",
    r"(\d+) users, fewer than (\d+)": "用过的只有{}人，少于{}人",
    r"(\d+) answers skip it: too few are left with all services": "有{}份没有回答，答全各项的太少",
    r"all users give the same rating": "用过的人评价完全相同",
    r"margin '(.*)' was scaled by (\S+) to the total of '(.*)'": "边际“{0}”已乘以{1}，与“{2}”的合计一致",
    r"an area model needs at least (\d+) areas, not (\d+); .*": "面模型至少要{}个地区，现有{}个；请公布直接估计及其区间，或合并地区",
    r"the areas' variances cannot be smoothed: .*":
        "各地区的方差无法平滑：每个地区意见一致或只有一个抽样点；请合并地区，或增加抽样点",
    r"a trend needs at least two waves": "至少有两次调查才有趋势",
    r"a test needs .*": "有30份以上应答的作答方式不足两种，不作检验。",
}  # fmt: skip


def said(text: str, name: Callable[[str], str] = str) -> str:
    """A stored reason in the reader's language, `name` giving the words for a service's key. What is unknown stays."""
    for pattern, words in _SAID.items():
        found = re.fullmatch(pattern, text)
        if not found:
            continue
        if pattern.startswith("importance"):
            each = _each(found[1], name)
            return text.replace(found[1], each) if english() else words.format(each)
        return text if english() else words.format(*found.groups())
    return text


def _each(text: str, name: Callable[[str], str]) -> str:
    """'key: reason; key: reason', each with the service's own name."""
    mark, end = (": ", "; ") if english() else ("：", "；")
    parts = (part.partition(": ") for part in text.split("; "))
    return end.join(f"{name(key)}{mark}{said(why)}" if colon else said(key) for key, colon, why in parts)
