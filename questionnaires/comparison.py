"""What changed between two versions of a questionnaire, and whether their answers may still be compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from questionnaires.definition import Definition, Question
from wording import Message, Text

Weight = Literal["breaks", "careful", "harmless"]
ORDER: tuple[Weight, ...] = ("breaks", "careful", "harmless")


@dataclass(frozen=True)
class Change:
    """`weight`: breaks comparability | careful: may shift answers | harmless."""

    weight: Weight
    place: str
    message: Text


def compare(before: Definition, after: Definition) -> list[Change]:
    """Every change, the gravest first."""
    found = [*_questions(before, after), *_whole(before, after)]
    return sorted(found, key=lambda change: ORDER.index(change.weight))


def _questions(before: Definition, after: Definition) -> Iterator[Change]:
    for question in before.questions:
        later = after.question(question.key)
        if later is None:
            yield Change("breaks", question.key, Message("questionnaires.question_gone"))
            continue
        yield from _question(question, later)
        if before.rules[question.key] != after.rules[question.key]:
            yield Change("breaks", question.key, Message("questionnaires.asked_other_people_show"))
    yield from (
        Change("careful", question.key, Message("questionnaires.question_new_later_answers"))
        for question in after.questions
        if before.question(question.key) is None
    )
    common = [question.key for question in before.questions if after.question(question.key)]
    now = [question.key for question in after.questions if before.question(question.key)]
    if common != now:
        moved = [key for key, other in zip(common, now, strict=True) if key != other]
        yield Change("careful", ", ".join(moved), Message("questionnaires.order_questions_changed"))


def _question(old: Question, new: Question) -> Iterator[Change]:
    key = old.key
    if old.type != new.type:
        yield Change(
            "breaks", key, Message("questionnaires.its_type_changed_from", old_type=old.type, new_type=new.type)
        )
    for language in ("zh", "en"):
        if old.text[language] != new.text[language]:
            yield Change(
                "careful",
                key,
                Message(
                    "questionnaires.its_words_changed",
                    language=language,
                    old_text=old.text[language],
                    new_text=new.text[language],
                ),
            )
    if old.help != new.help:
        yield Change("careful", key, Message("questionnaires.its_help_changed"))
    yield from _options(old, new)
    before, after = {row.key: row for row in old.rows}, {row.key: row for row in new.rows}
    yield from (
        Change("breaks", f"{key}.{row}", Message("questionnaires.row_gone")) for row in before if row not in after
    )
    yield from (
        Change("careful", f"{key}.{row}", Message("questionnaires.row_new")) for row in after if row not in before
    )
    for row in before.keys() & after.keys():
        if before[row].text != after[row].text:
            yield Change("careful", f"{key}.{row}", Message("questionnaires.row_words_changed"))
        if before[row].indicators != after[row].indicators:
            yield Change("careful", f"{key}.{row}", Message("questionnaires.stands_for_other_indicators"))
    yield from _limits(old, new)


def _options(old: Question, new: Question) -> Iterator[Change]:
    before = {choice.code: choice for choice in old.options}
    after = {choice.code: choice for choice in new.options}
    for code in before.keys() - after.keys():
        yield Change("breaks", old.key, Message("questionnaires.option_gone", code=code))
    for code in after.keys() - before.keys():
        yield Change("breaks", old.key, Message("questionnaires.option_new_shares_others", code=code))
    for code in before.keys() & after.keys():
        if before[code].text != after[code].text:
            grave: Weight = "breaks" if old.type in ("scale", "matrix") else "careful"
            yield Change(grave, old.key, Message("questionnaires.words_option_changed", code=code))
        if old.missing_codes.get(code) != new.missing_codes.get(code):
            yield Change("breaks", old.key, Message("questionnaires.option_counts_otherwise", code=code))
        if before[code].exclusive != after[code].exclusive:
            yield Change(
                "careful",
                old.key,
                Message("questionnaires.option_exclusive", code=code)
                if after[code].exclusive
                else Message("questionnaires.option_not_exclusive", code=code),
            )
    if list(before) != list(after) and before.keys() == after.keys():
        yield Change("careful", old.key, Message("questionnaires.order_its_options_changed"))
    if old.random_options != new.random_options or old.random_rows != new.random_rows:
        yield Change("careful", old.key, Message("questionnaires.its_order_random_one"))


def _limits(old: Question, new: Question) -> Iterator[Change]:
    if (old.required, old.soft_required) != (new.required, new.soft_required):
        yield Change("careful", old.key, Message("questionnaires.whether_must_answered_changed"))
    if set(old.screen_out) != set(new.screen_out):
        yield Change("breaks", old.key, Message("questionnaires.other_answers_screened_out"))
    for part in ("minimum", "maximum", "earliest", "latest", "min_choices", "max_choices"):
        if getattr(old, part) != getattr(new, part):
            yield Change("careful", old.key, Message("questionnaires.part_changed", part=part))
    for part in ("max_length", "min_length", "pattern", "faces", "attention"):
        if getattr(old, part) != getattr(new, part):
            yield Change("harmless", old.key, Message("questionnaires.part_changed", part=part))


def _whole(before: Definition, after: Definition) -> Iterator[Change]:
    for column in sorted(before.columns.keys() | after.columns.keys()):
        if before.columns.get(column) != after.columns.get(column):
            yield Change("breaks", f"columns.{column}", Message("questionnaires.taken_from_another_question"))
    if before.consent != after.consent:
        yield Change("harmless", "consent", Message("questionnaires.consent_changed_its_version"))
    if before.screens != after.screens or before.quotas != after.quotas:
        yield Change("careful", "screens, quotas", Message("questionnaires.who_screened_out_or"))
    if before.contradictions != after.contradictions:
        yield Change("harmless", "contradictions", Message("questionnaires.other_answers_flagged_as"))
    if before.minors != after.minors:
        yield Change("careful", "minors", Message("questionnaires.age_gate_changed"))
    for part in ("title", "organiser", "thanks", "screened_out"):
        if getattr(before, part) != getattr(after, part):
            yield Change("harmless", part, Message("questionnaires.its_words_changed_2"))
    turns = [(each.pages, len(each.page_starts) > 1, [s.page for s in each.sections]) for each in (before, after)]
    if turns[0] != turns[1]:
        yield Change("careful", "pages", Message("questionnaires.questions_stand_on_other"))
