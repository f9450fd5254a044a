"""Questions as HTML, kept: who turns pages without script has the form drawn anew, and most of it stands as somebody had it before."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from markupsafe import Markup
from wtforms import Field, Form

from questionnaires import Definition, Question
from questionnaires.piping import pieces

MOST = 1024  # pieces of some kilobytes; then all are forgotten
Given = tuple[tuple[str | None, ...], ...]
Key = tuple[Definition, str, str, tuple[str, ...], Given]
_kept: dict[Key, Markup] = {}


class KeptFields:
    """Of one page that is drawn: pieces whose fields hold nothing but chosen codes, and of which nothing is wrong, are kept."""

    def __init__(
        self, definition: Definition, language: str, form: Form, sent: Mapping[str, Sequence[str]], wrong: Mapping[str, str]
    ) -> None:  # fmt: skip
        self._definition, self._language, self._form, self._sent, self._wrong = definition, language, form, sent, wrong

    def question(self, question: Question, draw: Callable[..., Markup]) -> Markup:
        """All of a question."""
        if question.key in self._wrong or self._piped(question):
            return draw(question)
        return self._drawn(question, tuple(question.fields()), draw, question)

    def row(self, question: Question, name: str, draw: Callable[..., Markup], *more: str) -> Markup:
        """The choices of one row of a matrix, whose rows together are answered in too many ways to be kept."""
        return self._drawn(question, (name,), draw, question, self._form[name], *more)

    def _drawn(self, question: Question, names: tuple[str, ...], draw: Callable[..., Markup], *what: object) -> Markup:
        given = None if self._definition.random else self._chosen(names)
        if given is None:
            return draw(*what)
        key = (self._definition, self._language, question.key, names, given)
        found = _kept.get(key)
        if found is None:
            if len(_kept) >= MOST:
                _kept.clear()
            found = _kept[key] = draw(*what)
        return found

    def _chosen(self, names: tuple[str, ...]) -> Given | None:
        """The codes that are chosen in each field, None for what is no code; None where one holds what was written, or has something wrong."""
        given: list[tuple[str | None, ...]] = []
        for name in names:
            sent, field = self._sent.get(name, ()), self._form[name]
            codes = _codes(field) if sent else frozenset()
            if name in self._wrong or len(sent) > max(len(codes), 1) or (any(sent) and not codes):
                return None
            given.append(tuple(value if value in codes else None for value in sent))
        return tuple(given)

    def _piped(self, question: Question) -> bool:
        texts = [text[self._language] for text in (question.text, question.help) if text is not None]
        return any(piped for text in texts for _part, piped in pieces(text))


def _codes(field: Field) -> frozenset[str]:
    """What can be chosen in a field; nothing where it is written into."""
    return frozenset(choice.value for choice in getattr(field, "choices", ()))
