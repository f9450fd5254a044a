"""A definition as an XLSForm workbook (survey, choices, settings), as pyxform and ODK read it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from openpyxl import Workbook

from questionnaires.definition import LANGUAGES, Choice, Definition, Question, Section, Text
from questionnaires.interchange.conditions_out import xpath
from questionnaires.interchange.losses import OWN_TYPE, Carried, Loss, always_lost
from questionnaires.piping import pieces, pipes_in
from wording import Message

NAMES = {"zh": "中文 (zh)", "en": "English (en)"}
SURVEY = (
    "type", "name", *(f"label::{NAMES[language]}" for language in LANGUAGES),
    *(f"hint::{NAMES[language]}" for language in LANGUAGES), "required", "relevant", "constraint",
    *(f"constraint_message::{NAMES[language]}" for language in LANGUAGES), "appearance", "parameters", "calculation",
)  # fmt: skip
CHOICES = ("list_name", "name", *(f"label::{NAMES[language]}" for language in LANGUAGES))
SETTINGS = ("form_title", "form_id", "version", "default_language")
Line = dict[str, str]


def to_xlsform(definition: Definition) -> Carried:
    """The workbook's bytes, and what XLSForm has no place for."""
    writer = _Writer(definition)
    lines = list(writer.lines())
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "survey"
    _fill(sheet, SURVEY, lines)
    _fill(book.create_sheet("choices"), CHOICES, writer.choices)
    title = {"form_title": definition.title.zh, "form_id": definition.id.replace("-", "_"),
             "version": definition.version, "default_language": NAMES["zh"]}  # fmt: skip
    _fill(book.create_sheet("settings"), SETTINGS, [title])
    out = io.BytesIO()
    book.save(out)
    return Carried(out.getvalue(), (*always_lost(definition), *writer.losses))


class _Writer:
    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.choices: list[Line] = []
        self.losses: list[Loss] = []
        self.piped = {
            key
            for question in definition.questions
            for text in (question.text, question.help)
            if text is not None
            for language in LANGUAGES
            for key in pipes_in(text[language])
        }

    def lines(self) -> Iterator[Line]:
        consent = self.definition.consent.text
        yield {"type": "note", "name": "consent", **_texts("label", consent)}
        for number, section in enumerate(self.definition.sections, 1):
            yield from self.section(number, section)

    def section(self, number: int, section: Section) -> Iterator[Line]:
        begin: Line = {"type": "begin_group", "name": f"section_{number}", **self.words("label", section.title)}
        if section.rule is not None:
            begin["relevant"] = xpath(section.rule, self.definition)
        if section.page:
            begin["appearance"] = "field-list"
        yield begin
        for question in section.questions:
            yield from self.question(question)
        yield {"type": "end_group"}

    def question(self, question: Question) -> Iterator[Line]:
        line: Line = {"name": question.key, **self.words("label", question.text)}
        if question.help is not None:
            line |= self.words("hint", question.help)
        if question.rule is not None:
            line["relevant"] = xpath(question.rule, self.definition)
        if question.required:
            line["required"] = "yes"
        if question.type == "matrix":
            yield from self.matrix(question, line)
            return
        yield line | self.kind(question) | _constraint(question)
        if question.other_field:
            yield self.own_words(question)
        if question.key in self.piped and question.type in ("single", "scale", "dropdown"):
            calculation = f"jr:choice-name(${{{question.key}}}, '${{{question.key}}}')"
            yield {"type": "calculate", "name": f"{question.key}__words", "calculation": calculation}

    def kind(self, question: Question) -> Line:
        if question.options or question.options_from:
            self.list(question)
        for choice in question.options:
            if choice.show_if is not None:
                self.losses.append(
                    Loss(
                        Message("questionnaires.option", question_key=question.key, code=choice.code),
                        Message("questionnaires.rule_shows_option"),
                    )
                )
        random = {"parameters": "randomize=true"} if question.random_options else {}
        match question.type:
            case "single" | "scale":
                if question.faces:
                    self.losses.append(Loss(question.key, Message("questionnaires.faces_beside_its_options")))
                likert = {"appearance": "likert"} if question.type == "scale" else {}
                return {"type": f"select_one {question.key}", **likert, **random}
            case "dropdown":
                return {"type": f"select_one {question.key}", "appearance": "minimal autocomplete", **random}
            case "multiple":
                return {"type": f"select_multiple {question.key}", **random}
            case "ranking":
                return {"type": f"rank {question.key}", **random}
            case "recommend":
                return {"type": "range", "parameters": "start=0 end=10 step=1"}
            case "number":
                return {"type": "integer" if question.whole else "decimal"}
            case "date":
                return {"type": "date"}
            case "statement":
                return {"type": "note"}
            case "long_text":
                return {"type": "text", "appearance": "multiline"}
            case "short_text":
                return {"type": "text"}
            case _:
                self.losses.append(Loss(question.key, OWN_TYPE))
                return {"type": "text"}

    def matrix(self, question: Question, line: Line) -> Iterator[Line]:
        """A group named as the question, with one select for each row, named key__row."""
        self.list(question)
        if question.random_rows:
            self.losses.append(Loss(question.key, Message("questionnaires.random_order_its_rows")))
        required = line.pop("required", "")
        yield {"type": "begin_group", "appearance": "field-list", **line}
        for row in question.rows:
            inner: Line = {
                "type": f"select_one {question.key}", "name": f"{question.key}__{row.key}",
                **_texts("label", row.text), "required": required, "appearance": "likert",
            }  # fmt: skip
            if row.rule is not None:
                inner["relevant"] = xpath(row.rule, self.definition)
            yield inner
        yield {"type": "end_group"}

    def own_words(self, question: Question) -> Line:
        other = next(choice for choice in question.options if choice.other)
        chosen = f"selected(${{{question.key}}}, '{other.code}')"
        return {"type": "text", "name": question.other_field, **_texts("label", other.text), "relevant": chosen}

    def list(self, question: Question) -> None:
        self.choices += [_option(question.key, choice) for choice in question.options]

    def words(self, column: str, text: Text) -> Line:
        """Texts with {key} as ${key}; of a choice, its words come from a calculation."""
        found = {}
        for language in LANGUAGES:
            parts = [self.pipe(part) if piped else part for part, piped in pieces(text[language])]
            found[f"{column}::{NAMES[language]}"] = "".join(parts)
        return found

    def pipe(self, key: str) -> str:
        asked = self.definition.question(key)
        if asked is not None and asked.type in ("single", "scale", "dropdown"):
            return f"${{{key}__words}}"
        if asked is not None and asked.type in ("multiple", "ranking"):
            loss = Loss(key, Message("questionnaires.its_words_later_texts"))
            if loss not in self.losses:
                self.losses.append(loss)
        return f"${{{key}}}"


def _constraint(question: Question) -> Line:
    parts = []
    if question.type == "number":
        parts = [
            f". {mark} {limit}"
            for mark, limit in ((">=", question.minimum), ("<=", question.maximum))
            if limit is not None
        ]
    elif question.type == "date":
        limits = ((">=", question.earliest), ("<=", question.latest))
        parts = [f". {mark} {'today()' if day == 'today' else _day(day)}" for mark, day in limits if day is not None]
    elif question.type in ("short_text", "long_text"):
        parts = [f"string-length(.) <= {question.max_length}"]
        parts += [f"string-length(.) >= {question.min_length}"] if question.min_length else []
        parts += [f"regex(., '{question.pattern}')"] if question.pattern else []
    elif question.type in ("multiple", "ranking"):
        parts = [f"not(selected(., '{code}') and count-selected(.) > 1)" for code in sorted(question.exclusive_codes)]
        parts += [f"count-selected(.) >= {question.min_choices}"] if question.min_choices else []
        parts += [f"count-selected(.) <= {question.max_choices}"] if question.max_choices else []
    found: Line = {"constraint": " and ".join(parts)} if parts else {}
    return found | (_texts("constraint_message", question.pattern_hint) if question.pattern_hint else {})


def _day(day: Any) -> str:
    return f"date('{day}')"


def _option(name: str, choice: Choice) -> Line:
    return {"list_name": name, "name": choice.code, **_texts("label", choice.text)}


def _texts(column: str, text: Text) -> Line:
    return {f"{column}::{NAMES[language]}": text[language] for language in LANGUAGES}


def _fill(sheet: Any, columns: tuple[str, ...], lines: list[Line]) -> None:
    sheet.append(columns)
    for line in lines:
        sheet.append([line.get(column, "") or None for column in columns])
