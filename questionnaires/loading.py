"""From YAML to a definition: its form is checked by its types, its sense here. An error names line and key."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

from definitions import DefinitionError, KeyPath, Located, Problem, digest, load_text
from questionnaires.checks import OTHER_LENGTH
from questionnaires.definition import MINOR, OTHER, Definition, Question, Section, Text
from questionnaires.logic import Rule, places_in
from questionnaires.patterns import PatternError, check_pattern
from questionnaires.piping import pipes_in
from wording import Message

MOST_WRITTEN = 20_000  # characters of all texts together: four bytes each, three signs a byte, in one form
CHOOSING = ("single", "multiple", "scale", "matrix", "dropdown", "ranking")
ONLY_FOR = {  # key -> the types that know it
    "minimum": ("number",), "maximum": ("number",), "whole": ("number",), "earliest": ("date",), "latest": ("date",),
    "min_length": ("short_text", "long_text"), "pattern": ("short_text",), "pattern_hint": ("short_text",),
    "min_choices": ("multiple", "ranking"), "max_choices": ("multiple", "ranking"), "faces": ("scale",),
    "random_options": ("single", "multiple", "ranking", "dropdown"), "random_rows": ("matrix",), "rows": ("matrix",),
    "attention": ("single", "scale", "dropdown", "recommend"), "options": CHOOSING,
    "screen_out": ("single", "scale", "dropdown", "recommend"),
}  # fmt: skip


def load_definition(name_or_path: str | Path) -> Definition:
    """A questionnaire of the library by name, or a file. Raises DefinitionError."""
    text, name = read_definition(name_or_path)
    return parse_definition(text, name)


def read_definition(name_or_path: str | Path) -> tuple[str, str]:
    """Text and file name of a questionnaire of the library, or of a file. Raises DefinitionError."""
    packaged = files("questionnaires").joinpath(f"library/{name_or_path}.yaml")
    if packaged.is_file():
        return packaged.read_text(encoding="utf-8"), f"{name_or_path}.yaml"
    path = Path(name_or_path)
    try:
        return path.read_text(encoding="utf-8"), str(path)
    except UnicodeDecodeError as error:
        raise DefinitionError([Problem(str(path), 1, "", Message("questionnaires.file_not_utf_text"))]) from error
    except OSError as error:
        reason = (
            Message("questionnaires.no_such_file_no")
            if not path.exists()
            else Message("questionnaires.file_cannot_read")
        )
        raise DefinitionError([Problem(str(path), 1, "", reason)]) from error


def parse_definition(text: str, name: str = "questionnaire") -> Definition:
    """Check `text` as a questionnaire, its form and its sense. Raises DefinitionError."""
    located: Located[Definition] = load_text(text, Definition, name)
    problems = [*_problems(located), *_unsafe_patterns(located), *_too_long(located)]
    if problems:
        raise DefinitionError(problems)
    return replace(located.value, digest=digest(text))


def kept_definition(text: str, name: str) -> Definition:
    """A questionnaire that was stored: aliases and patterns of an earlier day go on as they were taken then."""
    located: Located[Definition] = load_text(text, Definition, name, kept=True)
    problems = list(_problems(located))
    if problems:
        raise DefinitionError(problems)
    return replace(located.value, digest=digest(text))


def _too_long(located: Located[Definition]) -> Iterator[Problem]:
    """All texts filled to their limits fit into one form that is sent."""
    written = 0
    for place, section in enumerate(located.value.sections):
        for position, question in enumerate(section.questions):
            written += question.max_length if question.type in ("short_text", "long_text") else 0
            written += OTHER_LENGTH * sum(choice.other for choice in question.options)
            if written > MOST_WRITTEN:
                where = ("sections", place, "questions", position, "max_length")
                yield located.problem(where, Message("questionnaires.texts_too_long", most=MOST_WRITTEN, sum=written))
                return


def _unsafe_patterns(located: Located[Definition]) -> Iterator[Problem]:
    for place, section in enumerate(located.value.sections):
        for position, question in enumerate(section.questions):
            try:
                check_pattern(question.pattern, question.max_length)
            except PatternError as error:
                yield located.problem(("sections", place, "questions", position, "pattern"), error.said)


def _problems(located: Located[Definition]) -> Iterator[Problem]:
    definition = located.value
    seen: dict[str, Question] = {}
    blocks: dict[str, str] = {}  # question -> random block
    for place, section in enumerate(definition.sections):
        known = {key: asked for key, asked in seen.items() if not section.random or blocks[key] != section.random}
        path: KeyPath = ("sections", place)
        yield from _unknown(located, (*path, "show_if"), section.rule, known)
        yield from _unpiped(located, (*path, "title"), section.title, known)
        for position, question in enumerate(section.questions):
            here: KeyPath = (*path, "questions", position)
            if question.key in seen:
                yield located.problem(
                    (*here, "key"), Message("questionnaires.key_used_twice", question_key=question.key)
                )
            yield from _question_problems(located, here, question, known)
            known[question.key] = seen[question.key] = question
            blocks[question.key] = section.random
    yield from _scattered(located, definition.sections)
    for place, screen in enumerate(definition.screens):
        yield from _unknown(located, ("screens", place, "when"), screen.rule, seen)
    for place, quota in enumerate(definition.quotas):
        yield from _unknown(located, ("quotas", place, "when"), quota.rule, seen)
    for place, pair in enumerate(definition.contradictions):
        yield from _unknown(located, ("contradictions", place, "when"), pair.rule, seen)
    if definition.pages and any(section.page for section in definition.sections):
        yield located.problem(("pages",), Message("questionnaires.pages_said_twice"))
    keys = [screen.key for screen in definition.screens] + [quota.key for quota in definition.quotas]
    if len(set(keys)) != len(keys):
        yield located.problem(("screens",), Message("questionnaires.two_screens_or_quotas"))
    yield from _gate_problems(located, definition, seen)
    for column, key in definition.columns.items():
        if key not in seen:
            yield located.problem(("columns", column), Message("questionnaires.no_question_2", key=key))


def _gate_problems(
    located: Located[Definition], definition: Definition, seen: dict[str, Question]
) -> Iterator[Problem]:
    """The age gate asks a question that can tell an age."""
    gate = definition.minors
    if gate is None:
        return
    question = seen.get(gate.question)
    if question is None:
        yield located.problem(
            ("minors", "question"), Message("questionnaires.no_question", gate_question=gate.question)
        )
    elif isinstance(gate.under, int):
        if question.type not in ("number", "date"):
            yield located.problem(("minors", "under"), Message("questionnaires.age_goes_number_or"))
    elif question.type not in ("single", "dropdown"):
        yield located.problem(("minors", "under"), Message("questionnaires.codes_go_single_choice"))
    else:
        for code in sorted(set(gate.under) - question.codes):
            yield located.problem(
                ("minors", "under"), Message("questionnaires.no_option", gate_question=gate.question, code=code)
            )
    if MINOR in [screen.key for screen in definition.screens] + [quota.key for quota in definition.quotas]:
        yield located.problem(("minors",), Message("questionnaires.no_screen_or_quota", minor=MINOR))


def _question_problems(
    located: Located[Definition], here: KeyPath, question: Question, known: dict[str, Question]
) -> Iterator[Problem]:
    yield from _unknown(located, (*here, "show_if"), question.rule, known)
    for index, choice in enumerate(question.options):
        yield from _unknown(located, (*here, "options", index, "show_if"), choice.rule, known)
    for index, row in enumerate(question.rows):
        yield from _unknown(located, (*here, "rows", index, "show_if"), row.rule, known)
    for part, text in (("text", question.text), ("help", question.help)):
        if text is not None:
            yield from _unpiped(located, (*here, part), text, known)
    yield from (located.problem((*here, part), words) for part, words in _misshapen(question))


def _unknown(
    located: Located[Definition], path: KeyPath, rule: Rule | None, known: dict[str, Question]
) -> Iterator[Problem]:
    for place in places_in(rule) if rule else ():
        key, _, row = place.partition(".")
        if key not in known:
            yield located.problem(path, Message("questionnaires.not_question_asked_before", key=key))
        elif row and row not in {each.key for each in known[key].rows}:
            yield located.problem(path, Message("questionnaires.no_row", key=key, row=row))


def _unpiped(located: Located[Definition], path: KeyPath, text: Text, known: dict[str, Question]) -> Iterator[Problem]:
    for key in sorted({*pipes_in(text.zh), *pipes_in(text.en)}):
        if key not in known or known[key].type in ("matrix", "statement"):
            yield located.problem(path, Message("questionnaires.not_question_asked_before_2", key=key))


def _scattered(located: Located[Definition], sections: tuple[Section, ...]) -> Iterator[Problem]:
    for place, section in enumerate(sections):
        earlier = [other.random for other in sections[:place]]
        if section.random and section.random in earlier and earlier[-1] != section.random:
            yield located.problem(("sections", place, "random"), Message("questionnaires.sections_one_random_block"))


def _misshapen(question: Question) -> Iterator[tuple[str, Message]]:
    """The key at fault and what is wrong with it."""
    if not question.key.isidentifier() or "__" in question.key or question.key.startswith("_"):
        yield "key", Message("questionnaires.key_made_letters_digits")
    for part, types in ONLY_FOR.items():
        if getattr(question, part) not in ((), None, "", 0, False) and question.type not in types:
            yield (
                part,
                Message("questionnaires.question_type_no_may", question_type=question.type, part=part, types=types),
            )
    if question.type in CHOOSING and not question.options and question.options_from is None:
        yield "type", Message("questionnaires.question_type_needs_options", question_type=question.type)
    if question.type == "matrix" and not question.rows:
        yield "type", Message("questionnaires.matrix_needs_rows")
    if question.type == "statement" and (question.required or question.soft_required):
        yield "required", Message("questionnaires.statement_not_answered")
    if question.required and question.soft_required:
        yield "soft_required", Message("questionnaires.question_either_required_or")
    yield from _misshapen_options(question)
    yield from _misshapen_limits(question)


def _misshapen_options(question: Question) -> Iterator[tuple[str, Message]]:
    if len(question.codes) != len(question.options):
        yield "options", Message("questionnaires.two_options_same_code")
    if len({row.key for row in question.rows}) != len(question.rows):
        yield "rows", Message("questionnaires.two_rows_same_key")
    if question.type in ("scale", "matrix") and not all(code.isdecimal() for code in question.codes):
        yield "options", Message("questionnaires.codes_scale_whole_numbers")
    others = [choice for choice in question.options if choice.other]
    if others and (len(others) > 1 or question.type not in ("single", "multiple", "dropdown")):
        yield "options", Message("questionnaires.one_option_single_multiple")
    if question.type == "ranking" and any(choice.missing for choice in question.options):
        yield "options", Message("questionnaires.missing_not_ranked")
    if question.type == "multiple" and any(choice.missing and not choice.exclusive for choice in question.options):
        yield "options", Message("questionnaires.missing_stands_alone")
    if question.type == "ranking" and OTHER in question.codes:
        yield "options", Message("questionnaires.option_ranking_cannot_code", other=OTHER)
    known = {str(number) for number in range(11)} if question.type == "recommend" else question.codes
    for part in ("screen_out", "attention"):
        for code in getattr(question, part):
            if code not in known:
                yield part, Message("questionnaires.names_code_which_no", part=part, code=code)


def _misshapen_limits(question: Question) -> Iterator[tuple[str, Message]]:
    low, high = question.minimum, question.maximum
    if low is not None and high is not None and low > high:
        yield "maximum", Message("questionnaires.maximum_below_minimum")
    if question.min_length > question.max_length:
        yield "min_length", Message("questionnaires.min_length_above_max")
    fewest, most = question.min_choices or 0, question.max_choices
    if most is not None and (most < 1 or fewest > most):
        yield "max_choices", Message("questionnaires.max_choices_must_least")
    if question.options and question.options_from is None and fewest > len(question.options):
        yield "min_choices", Message("questionnaires.min_choices_asks_for")
    try:
        re.compile(question.pattern)
    except (re.error, RecursionError, OverflowError) as error:
        yield "pattern", Message("questionnaires.pattern_not_regular_expression", error=error)
