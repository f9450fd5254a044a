"""What changed between two versions of a questionnaire, and whether their answers may still be compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from questionnaires.definition import Definition, Question

Weight = Literal["breaks", "careful", "harmless"]
ORDER: tuple[Weight, ...] = ("breaks", "careful", "harmless")


@dataclass(frozen=True)
class Change:
    """`weight`: breaks comparability | careful: may shift answers | harmless."""

    weight: Weight
    place: str
    message: str


def compare(before: Definition, after: Definition) -> list[Change]:
    """Every change, the gravest first."""
    found = [*_questions(before, after), *_whole(before, after)]
    return sorted(found, key=lambda change: ORDER.index(change.weight))


def _questions(before: Definition, after: Definition) -> Iterator[Change]:
    for question in before.questions:
        later = after.question(question.key)
        if later is None:
            yield Change("breaks", question.key, "the question is gone")
            continue
        yield from _question(question, later)
        if before.rules[question.key] != after.rules[question.key]:
            yield Change("breaks", question.key, "it is asked of other people (show_if changed)")
    yield from (
        Change("careful", question.key, "the question is new; later answers may shift")
        for question in after.questions
        if before.question(question.key) is None
    )
    common = [question.key for question in before.questions if after.question(question.key)]
    now = [question.key for question in after.questions if before.question(question.key)]
    if common != now:
        moved = [key for key, other in zip(common, now, strict=True) if key != other]
        yield Change("careful", ", ".join(moved), "the order of the questions changed")


def _question(old: Question, new: Question) -> Iterator[Change]:
    key = old.key
    if old.type != new.type:
        yield Change("breaks", key, f"its type changed from {old.type} to {new.type}")
    for language in ("zh", "en"):
        if old.text[language] != new.text[language]:
            yield Change("careful", key, f"its words changed ({language}): {old.text[language]} → {new.text[language]}")
    if old.help != new.help:
        yield Change("careful", key, "its help changed")
    yield from _options(old, new)
    before, after = {row.key: row for row in old.rows}, {row.key: row for row in new.rows}
    yield from (Change("breaks", f"{key}.{row}", "the row is gone") for row in before if row not in after)
    yield from (Change("careful", f"{key}.{row}", "the row is new") for row in after if row not in before)
    for row in before.keys() & after.keys():
        if before[row].text != after[row].text:
            yield Change("careful", f"{key}.{row}", "the row's words changed")
        if before[row].indicators != after[row].indicators:
            yield Change("careful", f"{key}.{row}", "it stands for other indicators")
    yield from _limits(old, new)


def _options(old: Question, new: Question) -> Iterator[Change]:
    before = {choice.code: choice for choice in old.options}
    after = {choice.code: choice for choice in new.options}
    for code in before.keys() - after.keys():
        yield Change("breaks", old.key, f"the option '{code}' is gone")
    for code in after.keys() - before.keys():
        yield Change("breaks", old.key, f"the option '{code}' is new: shares of the others fall")
    for code in before.keys() & after.keys():
        if before[code].text != after[code].text:
            grave: Weight = "breaks" if old.type in ("scale", "matrix") else "careful"
            yield Change(grave, old.key, f"the words of option '{code}' changed")
        if before[code].exclusive != after[code].exclusive:
            yield Change(
                "careful", old.key, f"option '{code}' is {'now' if after[code].exclusive else 'no longer'} exclusive"
            )
    if list(before) != list(after) and before.keys() == after.keys():
        yield Change("careful", old.key, "the order of its options changed")
    if old.random_options != new.random_options or old.random_rows != new.random_rows:
        yield Change("careful", old.key, "its order is random in one version only")


def _limits(old: Question, new: Question) -> Iterator[Change]:
    if (old.required, old.soft_required) != (new.required, new.soft_required):
        yield Change("careful", old.key, "whether it must be answered changed")
    if set(old.screen_out) != set(new.screen_out):
        yield Change("breaks", old.key, "other answers are screened out")
    for part in ("minimum", "maximum", "earliest", "latest", "min_choices", "max_choices"):
        if getattr(old, part) != getattr(new, part):
            yield Change("careful", old.key, f"its {part} changed")
    for part in ("max_length", "min_length", "pattern", "faces", "attention"):
        if getattr(old, part) != getattr(new, part):
            yield Change("harmless", old.key, f"its {part} changed")


def _whole(before: Definition, after: Definition) -> Iterator[Change]:
    for column in sorted(before.columns.keys() | after.columns.keys()):
        if before.columns.get(column) != after.columns.get(column):
            yield Change("breaks", f"columns.{column}", "it is taken from another question")
    if before.consent != after.consent:
        yield Change("harmless", "consent", "the consent changed; its version is stored with every response")
    if before.screens != after.screens or before.quotas != after.quotas:
        yield Change("careful", "screens, quotas", "who is screened out or counted changed")
    if before.contradictions != after.contradictions:
        yield Change("harmless", "contradictions", "other answers are flagged as contradicting each other")
    if before.minors != after.minors:
        yield Change("careful", "minors", "the age gate changed")
    for part in ("title", "organiser", "thanks", "screened_out"):
        if getattr(before, part) != getattr(after, part):
            yield Change("harmless", part, "its words changed")
    turns = [[section.page for section in each.sections] for each in (before, after)]
    if turns[0] != turns[1]:
        yield Change("careful", "pages", "the questions stand on other pages")
