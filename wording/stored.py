"""Messages in what is kept: documents and columns of today, and the sentences that earlier releases wrote there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from wording.message import Message, Text, texts_of, words_of


def kept(said: Text) -> Any:
    """For JSON that is kept and put into words later: key and params, a foreign sentence as it is."""
    return said.stored() if isinstance(said, Message) else said


def again(stored: Any) -> Text:
    """What `kept` made, or `Message.as_dict`; of a message whose words are gone its text."""
    if not isinstance(stored, Mapping):
        return str(stored)
    try:
        words_of(stored["key"])
    except KeyError:
        return str(stored.get("text") or stored["key"])
    return Message(stored["key"], **{name: _read(value) for name, value in stored["params"].items()})


def to_column(said: Text) -> str:
    """For a column of text: JSON of key and params, a foreign sentence as it is."""
    return json.dumps(said.stored(), ensure_ascii=False) if isinstance(said, Message) else said


def of_column(text: str) -> Text:
    """What `to_column` wrote, or an earlier release's sentence."""
    return again(json.loads(text)) if text.startswith('{"key"') else text


def recognised(text: str, subjects: Iterable[str]) -> Text:
    """The message that an English sentence of an earlier document was made from; the text where none is known."""
    for subject in subjects:
        for name, pattern in _patterns(subject):
            found = pattern.fullmatch(text)
            if found:
                return Message(f"{subject}.{name}", **_figures(found.groupdict(), texts_of(subject)[name]))
    return text


@lru_cache
def _patterns(subject: str) -> list[tuple[str, re.Pattern[str]]]:
    """The English patterns of a subject, those with the most words of their own first."""
    made = []
    for name, (_zh, en) in texts_of(subject).items():
        parts = re.split(r"\{(\w+)(?::[^}]*)?\}", en)
        pattern, seen = "", set[str]()
        for index, part in enumerate(parts):
            known = f"(?P={part})" if part in seen else f"(?P<{part}>.+)"
            pattern += known if index % 2 else re.escape(part)
            seen |= {part} if index % 2 else set()
        made.append((len("".join(parts[::2])), name, re.compile(pattern, re.DOTALL)))
    return [(name, pattern) for _size, name, pattern in sorted(made, key=lambda each: -each[0])]


def _figures(said: Mapping[str, str], words: tuple[str, str]) -> dict[str, str | float]:
    """What a sentence names, with numbers where the words of a language state them in their own way."""
    stated = set(re.findall(r"\{(\w+):", "".join(words)))
    return {name: _number(text) if name in stated else text for name, text in said.items()}


def _number(said: str) -> str | float:
    if re.fullmatch(r"-?[\d,]*\.?\d+%?(e-?\d+)?", said) is None:
        return said
    figure = said.replace(",", "").rstrip("%")
    if said.endswith("%"):
        return float(figure) / 100
    return int(figure) if figure.lstrip("-").isdigit() else float(figure)


def _read(value: Any) -> Any:
    if isinstance(value, list):
        return list(map(_read, value))
    return again(value) if isinstance(value, Mapping) else value
