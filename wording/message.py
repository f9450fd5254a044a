"""A sentence before it has words: its key in `wording/texts/` and what its words name."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from math import isfinite
from typing import Any, TypeAlias

from wording.language import LANGUAGES, language, reading

LISTED = {"zh": "、", "en": ", "}


class Message:
    """key: 'subject.name', of TEXTS in `wording/texts/<subject>.py`. params: plain values, messages, or lists of them.

    >>> from wording import Message, reading
    >>> said = Message("values.no_period", code="2025")
    >>> print(said.text("en"))
    there is no period '2025'
    >>> with reading("zh"):
    ...     print(said)
    没有周期“2025”
    """

    __slots__ = ("key", "params")

    def __init__(self, key: str, /, **params: Any) -> None:
        self.key = key
        self.params = {name: _plain(value) for name, value in params.items()}

    def text(self, chosen: str | None = None) -> str:
        """The sentence in `chosen`, else in the language of the moment. Raises KeyError where the key has no words."""
        chosen = chosen or language()
        words = words_of(self.key)[LANGUAGES.index(chosen)]
        return words.format(**{name: _shown(value, chosen) for name, value in self.params.items()})

    def as_dict(self, chosen: str | None = None) -> dict[str, object]:
        """For JSON that is read at once: key, params and the text."""
        return {**self.stored(), "text": self.text(chosen)}

    def stored(self) -> dict[str, object]:
        """For what is kept and put into words later: key and params."""
        return {"key": self.key, "params": {name: _stored(value) for name, value in self.params.items()}}

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"Message({', '.join([repr(self.key), *(f'{name}={value!r}' for name, value in self.params.items())])})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Message) and (self.key, self.params) == (other.key, other.params)

    def __hash__(self) -> int:
        return hash((self.key, *self.params))

    def __reduce__(self) -> tuple[Any, ...]:
        return _made, (self.key, self.params)


Text: TypeAlias = str | Message


class Refusal(ValueError):  # noqa: N818  # the kinds of it are called errors
    """What a person asked for cannot be done; says why in the reader's language.

    said: a message, the key of one with its params, or a sentence that somebody else made; several are lines.
    """

    def __init__(self, said: Text | Iterable[Text], /, **params: Any) -> None:
        if isinstance(said, str) and (params or _is_key(said)):
            said = Message(said, **params)
        self.lines: tuple[Text, ...] = (said,) if isinstance(said, str | Message) else tuple(said)
        super().__init__(*self.lines)

    @property
    def said(self) -> Text:
        """The one message, or the text of several."""
        return self.lines[0] if len(self.lines) == 1 else str(self)

    def __str__(self) -> str:
        return "\n".join(map(str, self.lines))


class FieldRefusal(Refusal):
    """field: the box of a form, the column or the part of what was sent that it is about; '' for the whole."""

    def __init__(self, said: Text | Iterable[Text], /, field: str = "", **params: Any) -> None:
        super().__init__(said, **params)
        self.field = field


def said_of(error: Exception) -> Text:
    """What an error says, still without words where it is one of ours."""
    return error.said if isinstance(error, Refusal) else str(error)


def english(said: Text | Exception) -> str:
    """In English, as documents keep it beside or instead of key and params."""
    with reading("en"):
        return str(said)


def in_words(said: object, chosen: str) -> str:
    """In `chosen`, whatever the language of the moment."""
    with reading(chosen):
        return str(said)


def joined(parts: Iterable[object], mark: str = "") -> str:
    """Parts as a list of the language of the moment: a、b or a, b."""
    return (mark or LISTED[language()]).join(map(str, parts))


def halves(said: Text) -> tuple[str, str]:
    """Chinese and English, for what still holds both."""
    return (said.text("zh"), said.text("en")) if isinstance(said, Message) else (said, said)


def words_of(key: str) -> tuple[str, str]:
    """The sentence's pattern in each of LANGUAGES. Raises KeyError."""
    subject, _, name = key.partition(".")
    return texts_of(subject)[name]


@lru_cache
def texts_of(subject: str) -> Mapping[str, tuple[str, str]]:
    """The words of a subject. Raises KeyError where there is none of that name."""
    try:
        found: Mapping[str, tuple[str, str]] = importlib.import_module(f"wording.texts.{subject}").TEXTS
    except ModuleNotFoundError:
        raise KeyError(subject) from None
    return found


def _is_key(said: str) -> bool:
    if not re.fullmatch(r"[a-z_]+\.[a-z0-9_]+", said):
        return False
    subject, _, name = said.partition(".")
    try:
        return name in texts_of(subject)
    except KeyError:
        return False


def _made(key: str, params: Mapping[str, object]) -> Message:
    return Message(key, **params)


def _plain(value: Any) -> Any:
    if isinstance(value, set | frozenset):
        return tuple(sorted(map(str, value)))
    if isinstance(value, list | tuple):
        return tuple(map(_plain, value))
    if isinstance(value, Exception):
        return said_of(value)
    if value is None or isinstance(value, str | int | float | Decimal | Message):
        return value
    return value.item() if hasattr(value, "item") else str(value)


def _shown(value: Any, chosen: str) -> Any:
    if isinstance(value, Message):
        return value.text(chosen)
    if isinstance(value, tuple):
        return LISTED[chosen].join(str(_shown(each, chosen)) for each in value)
    return _Cut(value) if isinstance(value, float) else value


class _Cut(float):
    """A share in words is cut as everywhere (`definitions.numbers.percent_text`): 69.996 % never reads 70.00 %."""

    def __format__(self, spec: str) -> str:
        digits = spec.rpartition(".")[2].removesuffix("%")
        if not spec.endswith("%") or not digits.isdecimal() or not isfinite(self):
            return super().__format__(spec)
        factor: int = 10 ** (int(digits) + 2)
        return format(int(self * factor + (1e-9 if self >= 0 else -1e-9)) / factor, spec)


def _stored(value: Any) -> Any:
    if isinstance(value, Message):
        return value.stored()
    if isinstance(value, tuple):
        return list(map(_stored, value))
    return str(value) if isinstance(value, Decimal) else value
