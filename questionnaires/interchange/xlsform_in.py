"""An XLSForm workbook as a definition: questions, groups, choices, conditions and limits that both can say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from questionnaires.interchange.expressions import UnreadableError, read
from questionnaires.interchange.losses import Carried, InterchangeError, Loss
from questionnaires.interchange.skeleton import (
    PlainOption,
    PlainQuestion,
    PlainRow,
    PlainSection,
    Shown,
    Words,
    definition_of,
    text,
)
from questionnaires.logic import as_source
from wording import Message

Line = dict[str, str]
KNOWN = {"type", "name", "label", "hint", "required", "relevant", "constraint", "constraint_message", "appearance",
         "parameters", "calculation"}  # fmt: skip
SIMPLE = {"integer": "number", "decimal": "number", "date": "date", "note": "statement", "text": "short_text"}
SILENT = ("start", "end", "today", "deviceid", "username", "phonenumber", "audit")


SHEETS = ("survey", "choices", "settings")


def from_xlsform(book: Mapping[str, Sequence[Sequence[str]]]) -> Carried:
    """Plain data of a definition, and what was in the workbook and is not in it. Raises InterchangeError.

    book: name -> rows of text of its SHEETS, the first of which are the column names; the names of other sheets too.
    """
    sheets = {name.strip().lower(): _lines(rows) for name, rows in book.items()}
    if "survey" not in sheets:
        raise InterchangeError("questionnaires.workbook_no_sheet_survey")
    reader = _Reader(sheets)
    reader.losses += [
        Loss(name, "the sheet; no XLSForm has one of this name") for name in book if name.strip().lower() not in SHEETS
    ]
    settings = (sheets.get("settings") or [{}])[0]
    sections = reader.sections()
    plain = definition_of(
        settings.get("form_id") or "xlsform", settings.get("version") or "1", text(settings.get("form_title", ""), ""),
        sections, reader.consent,
    )  # fmt: skip
    return Carried(plain, tuple(reader.losses))


class _Reader:
    def __init__(self, sheets: dict[str, list[Line]]) -> None:
        self.rows = [row for row in sheets["survey"] if row.get("type")]
        self.lists: dict[str, list[Line]] = {}
        for row in sheets.get("choices", []):
            self.lists.setdefault(row.get("list_name") or row.get("list name", ""), []).append(row)
        self.losses: list[Loss] = []
        self.consent: Words | None = None
        self.names = {row.get("name", "") for row in self.rows}
        for column in sorted({name.split("::")[0] for row in self.rows for name in row} - KNOWN):
            self.losses.append(Loss("survey", Message("questionnaires.column", column=column)))

    def sections(self) -> list[PlainSection]:
        """Top-level groups are sections; what stands outside of them is one of its own."""
        found: list[PlainSection] = []
        at, loose = 0, False  # whether the last section is of what stands outside of groups
        while at < len(self.rows):
            row = self.rows[at]
            kind = _kind(row)
            if kind == "begin_group" and not self._is_matrix(at):
                end = self._end(at)
                section: PlainSection = {
                    "title": self._text(row, "label"),
                    "questions": self._questions(self.rows[at + 1 : end]),
                }
                self._condition(section, row)
                if "field-list" in row.get("appearance", ""):
                    section["page"] = True
                found.append(section)
                at, loose = end + 1, False
                continue
            end = self._end(at) if kind == "begin_group" else at
            questions = self._questions(self.rows[at : end + 1])
            if questions and loose:
                found[-1]["questions"] += questions
            elif questions:
                found.append({"title": text("问卷", "Questions"), "questions": questions})
                loose = True
            at = end + 1
        return [section for section in found if section["questions"]]

    def _questions(self, rows: list[Line]) -> list[PlainQuestion]:
        found: list[PlainQuestion] = []
        at = 0
        while at < len(rows):
            row, kind = rows[at], _kind(rows[at])
            if kind == "begin_group":
                end = next(i for i in range(at, len(rows)) if _depth(rows[at : i + 1]) == 0)
                inner = rows[at + 1 : end]
                if _same_rows(row, inner):
                    found.append(self._matrix(row, inner))
                else:
                    self.losses.append(Loss(row.get("name", ""), Message("questionnaires.inner_group_its_questions")))
                    found += self._questions(inner)
                at = end + 1
                continue
            question = self._question(row, found)
            if question is not None:
                found.append(question)
            at += 1
        return found

    def _question(self, row: Line, before: list[PlainQuestion]) -> PlainQuestion | None:
        name, kind = row.get("name", ""), _kind(row)
        base, _, list_name = kind.partition(" ")
        if name == "consent" and base == "note":
            self.consent = self._text(row, "label")
            return None
        if name.endswith("__other") and base == "text" and before and before[-1]["key"] == name.removesuffix("__other"):
            self._other(row, before[-1])
            return None
        if (base == "calculate" and name.endswith("__words")) or base in SILENT:
            return None
        question_type, said = self._type(base, row, list_name), self._text(row, "label")
        if question_type is None:
            self.losses.append(Loss(name, Message("questionnaires.question_type", kind=row["type"])))
            return None
        question: PlainQuestion = {"key": name, "type": question_type, "text": said}
        if _said(row, "hint"):
            question["help"] = self._text(row, "hint")
        if list_name:
            question["options"] = self._options(list_name)
            if question["type"] == "scale" and not all(each["code"].isdecimal() for each in question["options"]):
                question["type"] = "single"
        if base == "integer":
            question["whole"] = True
        if "randomize=true" in row.get("parameters", ""):
            question["random_options"] = True
        self._common(question, row)
        self._constraint(question, row)
        return question

    def _type(self, base: str, row: Line, list_name: str) -> str | None:
        appearance = row.get("appearance", "")
        if base == "select_one":
            return (
                "dropdown"
                if "minimal" in appearance or "autocomplete" in appearance
                else "scale"
                if "likert" in appearance
                else "single"
            )
        if base == "select_multiple":
            return "multiple"
        if base == "rank":
            return "ranking"
        if base == "range":
            return "recommend" if "start=0" in row.get("parameters", "") and "end=10" in row["parameters"] else None
        if base == "text" and "multiline" in appearance:
            return "long_text"
        return SIMPLE.get(base)

    def _matrix(self, group: Line, rows: list[Line]) -> PlainQuestion:
        key = group["name"]
        question: PlainQuestion = {
            "key": key, "type": "matrix", "text": self._text(group, "label"),
            "options": self._options(_kind(rows[0]).partition(" ")[2]),
        }  # fmt: skip
        if _said(group, "hint"):
            question["help"] = self._text(group, "hint")
        for row in rows:
            each: PlainRow = {"key": row["name"].removeprefix(f"{key}__"), "text": self._text(row, "label")}
            self._condition(each, row)
            question.setdefault("rows", []).append(each)
        self._common(question, group | {"required": rows[0].get("required", "")})
        return question

    def _other(self, row: Line, question: PlainQuestion) -> None:
        match = re.search(r"'([^']*)'\s*\)?$", row.get("relevant", ""))
        for option in question.get("options", []):
            if match and option["code"] == match.group(1):
                option["other"] = True
                return
        self.losses.append(Loss(row["name"], Message("questionnaires.words_beside_other_its")))

    def _common(self, question: PlainQuestion, row: Line) -> None:
        if row.get("required", "").lower() in ("yes", "true", "true()", "1"):
            question["required"] = True
        elif row.get("required", "").lower() not in ("", "no", "false", "false()", "0"):
            self.losses.append(Loss(question["key"], Message("questionnaires.required_if", rule=row["required"])))
        self._condition(question, row)

    def _condition(self, part: Shown, row: Line) -> None:
        source = row.get("relevant", "").strip()
        if not source:
            return
        try:
            part["show_if"] = as_source(read(source, self._place))
        except UnreadableError:
            self.losses.append(
                Loss(row.get("name", ""), Message("questionnaires.condition_now_always_shown", source=source))
            )

    def _place(self, name: str) -> str:
        key, mark, row = name.partition("__")
        return f"{key}.{row}" if mark and key in self.names else name

    def _constraint(self, question: PlainQuestion, row: Line) -> None:
        source = row.get("constraint", "").strip()
        for part in _parts(source) if source else ():
            if not _limit(question, part):
                self.losses.append(Loss(question["key"], Message("questionnaires.constraint", part=part)))
        if _said(row, "constraint_message") and question.get("pattern"):
            question["pattern_hint"] = self._text(row, "constraint_message")
        elif _said(row, "constraint_message"):
            self.losses.append(Loss(question["key"], Message("questionnaires.words_shown_when_its")))

    def _options(self, list_name: str) -> list[PlainOption]:
        name = list_name.replace(" or_other", "").strip()
        if name != list_name.strip():
            self.losses.append(Loss(name, Message("questionnaires.or_other_add_option")))
        return [{"code": row.get("name", ""), "text": self._text(row, "label")} for row in self.lists.get(name, [])]

    def _text(self, row: Line, column: str) -> Words:
        plain, zh, en = _in_languages(row, column)
        said: Words = {"zh": _unpiped(zh or plain or en), "en": _unpiped(en or plain or zh)}
        if not (zh and en):
            self.losses.append(
                Loss(
                    row.get("name", ""),
                    Message("questionnaires.other_language_en", column=column)
                    if zh
                    else Message("questionnaires.other_language_zh", column=column),
                )
            )
        return said

    def _end(self, at: int) -> int:
        for end in range(at, len(self.rows)):
            if _depth(self.rows[at : end + 1]) == 0:
                return end
        raise InterchangeError("questionnaires.group_open", name=self.rows[at].get("name", ""))

    def _is_matrix(self, at: int) -> bool:
        return _same_rows(self.rows[at], self.rows[at + 1 : self._end(at)])


def _kind(row: Line) -> str:
    kind = " ".join(row.get("type", "").split())
    for old, new in (("begin group", "begin_group"), ("end group", "end_group"), ("select one", "select_one"),
                     ("select multiple", "select_multiple"), ("begin repeat", "begin_repeat")):  # fmt: skip
        kind = kind.replace(old, new)
    return kind


def _said(row: Line, column: str) -> bool:
    return any(_in_languages(row, column))


def _in_languages(row: Line, column: str) -> tuple[str, str, str]:
    """What a column says without a language, in Chinese and in English."""
    zh, en = "", ""
    for name, words in row.items():
        base, _, language = name.partition("::")
        if base == column and language:
            lowered = language.lower()
            zh = words if "zh" in lowered or "中文" in lowered or "chinese" in lowered else zh
            en = words if "en" in lowered and "chinese" not in lowered else en
    return row.get(column, ""), zh, en


def _depth(rows: list[Line]) -> int:
    kinds = [_kind(row) for row in rows]
    return sum(kind == "begin_group" for kind in kinds) - sum(kind == "end_group" for kind in kinds)


def _same_rows(group: Line, inner: list[Line]) -> bool:
    """A group of selects from one list, each named after it, is a matrix."""
    kinds = {_kind(row) for row in inner}
    named = all(row.get("name", "").startswith(f"{group.get('name')}__") for row in inner)
    return bool(inner) and named and len(kinds) == 1 and next(iter(kinds)).startswith("select_one ")


def _parts(source: str) -> Iterator[str]:
    """The conditions of a constraint, split at 'and' outside of parentheses."""
    depth, part = 0, ""
    for word in re.split(r"(\(|\)|\band\b)", source):
        depth += (word == "(") - (word == ")")
        if word == "and" and depth == 0:
            yield part.strip()
            part = ""
        else:
            part += word
    yield part.strip()


def _limit(question: PlainQuestion, part: str) -> bool:
    """Take one condition of a constraint as a limit of the question; False where there is none for it."""
    kind = question["type"]
    if kind == "number" and (match := re.fullmatch(r"\.\s*(>=|<=)\s*(-?\d+(?:\.\d+)?)", part)):
        number = float(match[2])
        limit: Literal["minimum", "maximum"] = "minimum" if match[1] == ">=" else "maximum"
        question[limit] = int(number) if number.is_integer() else number
    elif kind == "date" and (match := re.fullmatch(r"\.\s*(>=|<=)\s*(?:date\('([\d-]+)'\)|today\(\))", part)):
        day: Literal["earliest", "latest"] = "earliest" if match[1] == ">=" else "latest"
        question[day] = match[2] or "today"
    elif match := re.fullmatch(r"string-length\(\.\)\s*(>=|<=)\s*(\d+)", part):
        length: Literal["min_length", "max_length"] = "min_length" if match[1] == ">=" else "max_length"
        question[length] = int(match[2])
    elif match := re.fullmatch(r"count-selected\(\.\)\s*(>=|<=)\s*(\d+)", part):
        count: Literal["min_choices", "max_choices"] = "min_choices" if match[1] == ">=" else "max_choices"
        question[count] = int(match[2])
    elif match := re.fullmatch(r"regex\(\.,\s*'(.*)'\)", part):
        question["pattern"] = match[1]
    elif match := re.fullmatch(r"not\(selected\(\.,\s*'([^']*)'\) and count-selected\(\.\) > 1\)", part):
        for option in question.get("options", []):
            if option["code"] == match[1]:
                option["exclusive"] = True
    else:
        return False
    return True


def _unpiped(words: str) -> str:
    return re.sub(r"\$\{([A-Za-z]\w*?)(?:__words)?\}", r"{\1}", words)


def _lines(rows: Sequence[Sequence[str]]) -> list[Line]:
    head = rows[0] if rows else []
    return [{name: value for name, value in zip(head, row, strict=False) if name and value} for row in rows[1:]]
