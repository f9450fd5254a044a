"""A reason that a scorecard or an item keeps, in the reader's language.

What is stored is Chinese and stays as it is, of any release. Its frame (未知, 未达到3星, 低于70%,减10分) is found again by
its marks and said in English; names, units and what people wrote stay as the rulebook and they have them.
"""

from __future__ import annotations

import re
from functools import cache

from wording import Message, language
from wording.message import words_of

_VALUE = r"(?<=【)", r"(?=】)"  # of a metric
_FIGURE = r"(?<=】)", r"$"  # what stands behind that of satisfaction
_LACK = r"", r"(?=；|或|$)"
_WHERE = {  # the key of a mark, and between what it stands; in this order
    "satisfaction_unknown": (r"(?:^|(?<=;))", r"$"), "class_open": (r"^", r"$"), "tiers_apart": (r"^", r"$"), "vetoed": (r"^", r"$"), "to_declare": (r"^", r"$"),
    "not_reached": (r"^", r""), "name_not_reached": (r"^", r""), "names_apart": (r"^", r"$"), "satisfaction": (r"(?:^|(?<=;))", r"(?=【|$)"),
    "no_cost": _FIGURE, "below_gives": _FIGURE, "all_of_it": _FIGURE, "below_costs": _FIGURE, "below_voids": _FIGURE,
    "unknown": _VALUE, "yes": _VALUE, "no": _VALUE, "not_applicable": _VALUE, "confirmed": _VALUE,
    "at_most": (r"", r"(?=;|$)"), "void": (r"(?<=[】分])", r"$"), "earned": (r"(?<=】)", r"(?=;|$)"), "either": (r"(?<=】)", r""),
    "percentage_points": (r"(?<=降|差)", r"(?=以上|；|或|$)"),
    "not_done": _LACK, "not_known": _LACK, "value_unknown": _LACK, "too_high_by_more": _LACK, "too_high": _LACK,
    "short_by_more": _LACK, "short": _LACK,
}  # fmt: skip
_JOINED = {"；": "why.and", "或": "why.either"}
_LACKING = re.compile(r"：(?:尚未做到|未知|数值未知|须再降|还差)")


def why_in_words(stored: str, chosen: str = "") -> str:
    """`stored` in `chosen`, else in the language of the moment.

    >>> why_in_words("未达到3星:在线率 ≥ 90%【85%】", "en")
    '3 stars not reached: 在线率 ≥ 90% [85%]'
    >>> why_in_words("公众满意度【65%】低于70%,减10分", "en")
    'public satisfaction [65%]: below 70%, 10 points are taken off'
    """
    if (chosen or language()) == "zh":
        return stored
    told = stored
    if _LACKING.search(stored):  # of an item: each part with its mark, joined as they are
        told = re.sub(r"(?<=[^：])(；|或)(?=[^；]*：)", lambda found: f"\n{found[1]}\n", told)
        told = "".join(_english(part) for part in told.split("\n"))
    else:
        told = _english(told)
    return re.sub("【(.*?)】", lambda found: Message("why.actual", value=found[1]).text("en"), told)


def _english(part: str) -> str:
    if part in _JOINED:
        return Message(_JOINED[part]).text("en")
    for key, mark in _marks():
        part = mark.sub(lambda found, key=key: Message(key, **found.groupdict()).text("en"), part)  # type: ignore[misc]
    return part


@cache
def _marks() -> list[tuple[str, re.Pattern[str]]]:
    """The key of each mark, and how it is found in Chinese."""
    made = []
    for name, (before, after) in _WHERE.items():
        parts = re.split(r"\{(\w+)\}", words_of(f"why.{name}")[0])
        pattern = "".join(f"(?P<{part}>.+?)" if place % 2 else re.escape(part) for place, part in enumerate(parts))
        made.append((f"why.{name}", re.compile(before + pattern + after)))
    return made
