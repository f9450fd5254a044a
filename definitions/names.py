"""Names that people write and copy: compared as they look, told apart by code point where they look alike.

A name copied from a PDF, a web page or an input method may hold another code point for the same sign (梁 U+F97A, ⼀
U+2F00), full-width letters, or signs that nobody sees. All of that compares equal here; letters in capitals do not.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import lru_cache

_FILLERS = (
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u180f\u2800\u3164\uffa0"  # blank, and not of class Cf
)
_RADICALS = dict(  # radicals of U+2E80–U+2EF3 that a PDF puts for the sign; Unicode's EquivalentUnifiedIdeograph.txt
    zip(
        "⺁⺂⺃⺅⺇⺉⺋⺍⺎⺏⺐⺒⺓⺔⺖⺘⺙⺛⺝⺞⺟⺠⺡⺢⺣⺦⺨⺩⺪⺫⺬⺭⺮⺱⺳⺵⺶⺸⺹⺼⺽⺾⻁⻂⻄⻅⻆⻇⻈⻉⻋⻌⻏⻐⻑⻒⻓⻔⻕⻖⻗⻘⻙⻚⻛⻜⻝⻟⻠⻢⻣⻤⻥⻦⻧⻨⻩⻪⻬⻮⻯⻰⻲",
        "厂乛乚亻几刂㔾小尣尢尣巳幺彑忄扌攵旡月歺母民氵氺灬丬犭王疋罒示礻竹罓罓罓羊羊耂月臼艹虎衤西见角角讠贝车辶阝钅長镸长门阜阝雨青韦页风飞食飠饣马骨鬼鱼鸟卤麦黄黾齐齿竜龙龟",
        strict=True,
    )
)
_ALIKE = dict(
    zip("АВЕКМНОРСТХаеорсухΑΒΕΖΗΙΚΜΝΟΡΤΥΧο‐‑‒–—―−•・‧∙⋅", "ABEKMHOPCTXaeopcyxABEZHIKMNOPTYXo-------·····", strict=True)
)
_ENDINGS = re.compile(r"(委员会|办公室|服务中心|服务局|中心|局|委|办|厅|处)$")


def clean(name: str) -> str:
    """`name` as it is stored: NFC, no signs that nobody sees, no blanks around it, single ones within."""
    if name.isascii() and name.isprintable():
        return " ".join(name.split())
    seen = "".join(sign for sign in unicodedata.normalize("NFC", name) if not _unseen(sign))
    return " ".join(seen.split())


@lru_cache(maxsize=20_000)
def key(name: str) -> str:
    """What names that look the same have in common.

    >>> key("\\uf97a\\u200b河县") == key("梁河县"), key("Ａ区（东）") == key("A区(东)"), key("甲区") == key("乙区")
    (True, True, False)
    """
    if name.isascii():
        return clean(name)
    folded = "".join(_folded(sign) for sign in clean(name))
    return clean(unicodedata.normalize("NFC", folded))


def by_key(names: Iterable[str]) -> dict[str, str]:
    """key -> name, the first of those that look the same."""
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(key(name), name)
    return found


def differing(name: str, other: str) -> str:
    """How two names that look the same differ, by code points: 'U+F97A / U+6881'; empty where they are equal."""
    parts = []
    for tag, start, end, begin, stop in SequenceMatcher(None, name, other, autojunk=False).get_opcodes():
        if tag != "equal":
            parts.append(f"{_points(name[start:end])} / {_points(other[begin:stop])}")
    return ", ".join(parts)


def points_in_words(name: str, other: str) -> str:
    """'（U+F97A / U+6881）' behind two names that look the same and are not; empty where they are."""
    said = differing(name.strip(), other.strip())
    return f"（{said}）" if said else ""


def near(name: str, known: Iterable[str]) -> str:
    """The one of `known` that `name` is probably meant to be: written alike, shortened, or with another ending; else ''.

    >>> near("省交通厅", ["省公安厅", "省交通运输厅"]), near("省卫健委", ["省卫生健康委"]), near("省税务局", ["省商务局"])
    ('省交通运输厅', '省卫生健康委', '')
    """
    wanted = key(name)
    best, likeness = "", 0.0
    for other in known:
        candidate = key(other)
        ratio = SequenceMatcher(None, wanted, candidate, autojunk=False).ratio()
        short, long = sorted((_core(wanted), _core(candidate)), key=len)
        alike = wanted == candidate or ratio >= 0.8 or (len(short) > 1 and _within(short, long))
        if alike and ratio > likeness:
            best, likeness = other, ratio
    return best


def _core(name: str) -> str:
    return _ENDINGS.sub("", name) or name


def _within(short: str, long: str) -> bool:
    """Whether the signs of `short` stand in `long` in their order."""
    rest = iter(long)
    return all(sign in rest for sign in short)


def _unseen(sign: str) -> bool:
    kind = unicodedata.category(sign)
    if sign in _FILLERS or kind == "Cf" or (kind == "Cc" and not sign.isspace()):
        return True
    return "\ufe00" <= sign <= "\ufe0f" or "\U000e0100" <= sign <= "\U000e01ef"  # variation selectors


def _folded(sign: str) -> str:
    if sign in _RADICALS:
        return _RADICALS[sign]
    if sign in _ALIKE:
        return _ALIKE[sign]
    form = unicodedata.decomposition(sign)
    if form.startswith(("<wide>", "<narrow>")) or "\u2e80" <= sign <= "\u2fdf":
        return unicodedata.normalize("NFKC", sign)
    return sign


def _points(signs: str) -> str:
    return " ".join(f"U+{ord(sign):04X}" for sign in signs) or "–"
