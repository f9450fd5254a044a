"""Which words many answers hold: counted, with no dictionary, so that a new place or nickname is found as well as an old word.

Of other scripts every word counts, of Chinese every run of two to six characters before and after which different ones stand
(accessor variety; Feng, Chen, Deng and Zheng 2004, Computational Linguistics 30(1)): 人用手机 is none where 老 always goes
before. A word is left out where a longer one stands in nearly all of its answers: 停车 where people only write 停车难, not
where they also write 停车场.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

RUN = re.compile(r"[\u3400-\u9fff\U00020000-\U000323af]+|[^\W\d_]+(?:['’-][^\W\d_]+)*")
LONGEST = 6  # characters of a Chinese candidate
VARIED = 2  # different characters before a word, and after it
EDGE = "|"
SWALLOWED = 0.75  # share of a word's answers that a longer one must hold to take its place
# a candidate that begins or ends with one of these is a piece of a sentence, not a word
LOOSE = frozenset(
    "的了是在和也就都而及与或这那有没不很我你他她它们个把被让给对从到去来还太更再又但可会能要想说着过吧吗呢啊呀哦得地之等为以上下里中一些"
)
STOPPED = frozenset(
    [
        "the",
        "a",
        "an",
        "and",
        "or",
        "of",
        "to",
        "in",
        "is",
        "are",
        "was",
        "were",
        "be",
        "it",
        "its",
        "for",
        "on",
        "at",
        "with",
        "that",
        "this",
        "as",
        "by",
        "we",
        "i",
        "you",
        "they",
        "not",
        "no",
    ]
)


@dataclass(frozen=True)
class Word:
    """A word and in how many answers it stands, however often in each."""

    text: str
    answers: int


def frequent_words(texts: Iterable[str], least: int, most: int = 40) -> list[Word]:
    """Words that stand in at least `least` of the texts, the most frequent first, `most` of them.

    >>> [(word.text, word.answers) for word in frequent_words(["停车难", "小区停车难", "停车难！"], least=2)]
    [('停车难', 3)]
    """
    texts = list(texts)
    counted: Counter[str] = Counter()
    for text in texts:
        counted.update({word for word, _, _ in _candidates(text)})
    kept = _varied(texts, {word: number for word, number in counted.items() if number >= least})
    swallowed = {
        part
        for text, number in kept.items()
        for part in _parts(text)
        if part in kept and number >= SWALLOWED * kept[part]
    }
    words = [Word(text, number) for text, number in kept.items() if text not in swallowed]
    return sorted(words, key=lambda word: (-word.answers, -len(word.text), word.text))[:most]


def _varied(texts: list[str], counted: dict[str, int]) -> dict[str, int]:
    """Those before and after which different characters stand; every edge of a sentence is another one."""
    before: defaultdict[str, set[str]] = defaultdict(set)
    after: defaultdict[str, set[str]] = defaultdict(set)
    for place, text in enumerate(texts):
        for word, left, right in _candidates(text):
            if word in counted and min(len(before[word]), len(after[word])) < VARIED:
                before[word].add(left or f"{EDGE}{place}")
                after[word].add(right or f"{EDGE}{place}")
    return {word: number for word, number in counted.items() if min(len(before[word]), len(after[word])) >= VARIED}


def _candidates(text: str) -> Iterator[tuple[str, str, str]]:
    """Each candidate with the characters before and after it, '' at the edge of what is written together."""
    for run in RUN.findall(text):
        if not _chinese(run):
            word = run.lower()
            if len(word) > 1 and word not in STOPPED:
                yield word, "", ""
            continue
        for start in range(len(run)):
            if run[start] in LOOSE:
                continue
            for end in range(start + 2, min(start + LONGEST, len(run)) + 1):
                if run[end - 1] not in LOOSE:
                    yield run[start:end], run[start - 1 : start], run[end : end + 1]


def _parts(text: str) -> Iterator[str]:
    """The shorter candidates inside a Chinese one."""
    if _chinese(text):
        for size in range(2, len(text)):
            yield from (text[start : start + size] for start in range(len(text) - size + 1))


def _chinese(text: str) -> bool:
    return text[0] >= "\u3400"
