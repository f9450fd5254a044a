"""Earlier answers inside later words: {key} in a text stands for what was answered to that question."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from questionnaires.definition import Definition

_PIPE = re.compile(r"\{([A-Za-z][A-Za-z0-9_]*)\}")
JOINED = {"zh": "、", "en": ", "}


def pipes_in(text: str) -> list[str]:
    """Keys of the questions a text takes its words from."""
    return _PIPE.findall(text)


def pieces(text: str) -> Iterator[tuple[str, bool]]:
    """The text in parts: (words, False), or (key, True) where an answer stands."""
    for place, part in enumerate(_PIPE.split(text)):
        if part:
            yield part, bool(place % 2)


def in_words(definition: Definition, key: str, answers: Mapping[str, object], language: str) -> str:
    """The answer to `key` as a reader says it; empty where there is none."""
    question, answer = definition.question(key), answers.get(key)
    if question is None or answer is None:
        return ""
    words = {choice.code: choice.text[language] for choice in question.options}
    own = answers.get(question.other_field) if question.other_field else None
    for choice in question.options:
        if choice.other and own:
            words[choice.code] = str(own)
    given = answer if isinstance(answer, list) else [answer]
    return JOINED[language].join(words.get(str(code), str(code)) for code in given)
