"""The pages of one form. A phone with script turns them by itself; without it each turn is a POST that keeps what was filled.

Every page is in the document, and one POST with all answers is taken always: what is here decides what is shown.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from questionnaires import Definition, check_answers
from questionnaires.answers import Checked
from questionnaires.logic import holds
from survey_app.answering.drafts import AT

TURN = "turn"  # the form field: next | back
Sent = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Shown:
    """What of the form is shown. `questions`: keys; `at`: the first of the page; `place` of `of` pages that ask something."""

    at: str
    questions: frozenset[str]
    place: int
    of: int

    @property
    def first(self) -> bool:
        return self.place == 1

    @property
    def last(self) -> bool:
        return self.place == self.of


def shown(definition: Definition, sent: Sent, checked: Checked, wrong: Collection[str] = ()) -> Shown:
    """The page that a form of `definition` is at, else its first; with every page that has one of the questions `wrong`."""
    pages = pages_of(definition)
    faulty = [number for number, page in enumerate(pages) if not set(wrong).isdisjoint(page)]
    now = faulty[0] if faulty else _at(pages, sent)
    ask = _asking(definition, pages, checked, now)
    keys = frozenset(key for number in faulty or [now] for key in pages[number])
    return Shown(pages[now][0], keys, ask.index(now) + 1, len(ask))


def turned(definition: Definition, sent: Sent, step: str, today: date) -> tuple[str, dict[str, str]]:
    """The first question of the page after a turn, and what keeps it from being turned: messages by form field."""
    pages = pages_of(definition)
    now = _at(pages, sent)
    checked = check_answers(definition, sent, today)
    ask = _asking(definition, pages, checked, now)
    if step == "back":
        return pages[max((number for number in ask if number < now), default=now)][0], {}
    errors = {name: said for name, said in checked.errors.items() if name.partition("__")[0] in pages[now]}
    to = now if errors else min((number for number in ask if number > now), default=now)
    return pages[to][0], errors


def pages_of(definition: Definition) -> list[list[str]]:
    """Keys of the questions, page by page."""
    pages: list[list[str]] = []
    for question in definition.questions:
        if not pages or question.key in definition.page_starts:
            pages.append([])
        pages[-1].append(question.key)
    return pages


def _at(pages: list[list[str]], sent: Sent) -> int:
    at = next(iter(sent.get(AT, ())), "")
    return next((number for number, page in enumerate(pages) if at in page), 0)


def _asking(definition: Definition, pages: list[list[str]], checked: Checked, now: int) -> list[int]:
    """Numbers of the pages that ask something after these answers; the present one always, none after an end."""
    rules = definition.rules

    def asks(key: str) -> bool:
        rule = rules[key]
        return rule is None or holds(rule, checked.answers)

    last = now if checked.screened_out else len(pages)
    return [number for number, page in enumerate(pages) if number == now or (number <= last and any(map(asks, page)))]
