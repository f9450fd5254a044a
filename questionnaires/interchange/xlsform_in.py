"""An XLSForm workbook as a definition: questions, groups, choices, conditions and limits that both can say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import Literal

from questionnaires.interchange.assembling import Assembly
from questionnaires.interchange.losses import Carried, InterchangeError
from questionnaires.interchange.skeleton import PlainOption, PlainQuestion, PlainRow, Words, text
from questionnaires.interchange.xlsform_rows import Line, by_its_signs, language_of, lines
from wording import Message

KNOWN = {"type", "name", "label", "hint", "required", "relevant", "constraint", "constraint_message", "appearance",
         "parameters", "calculation"}  # fmt: skip
TYPES = {"integer": "number", "decimal": "number", "int": "number", "date": "date", "note": "statement", "text": "short_text",
         "string": "short_text", "select_multiple": "multiple", "rank": "ranking"}  # fmt: skip
SILENT = (
    "start",
    "end",
    "today",
    "deviceid",
    "username",
    "phonenumber",
    "audit",
    "start-geopoint",
    "email",
    "simserial",
)
SHEETS = ("survey", "choices", "settings")


def from_xlsform(book: Mapping[str, Sequence[Sequence[str]]]) -> Carried:
    """Plain data of a definition, and what was in the workbook and is not in it. Raises InterchangeError.

    book: name -> rows of text of its SHEETS, each at its place in the sheet; the names of other sheets too.
    """
    sheets = {name.strip().lower(): lines(name, rows) for name, rows in book.items()}
    if "survey" not in sheets:
        raise InterchangeError("questionnaires.workbook_no_sheet_survey")
    settings = next(iter(sheets.get("settings", [])), Line("settings", 0))
    reader = _Reader(sheets, language_of(settings["default_language"]))
    for name in book:
        if name.strip().lower() not in SHEETS:
            reader.form.lost(name, Message("questionnaires.sheet_of_no_form"))
    reader.read()
    title = text(*by_its_signs(settings["form_title"]))
    return reader.form.whole(settings["form_id"] or "xlsform", settings["version"] or "1", title)


class _Reader:
    def __init__(self, sheets: Mapping[str, list[Line]], default: str) -> None:
        self.form = Assembly("xlsform")
        self.default = default
        self.rows = [row for row in sheets["survey"] if row["type"]]
        self.lists: dict[str, list[Line]] = {}
        for row in sheets.get("choices", []):
            self.lists.setdefault(row["list_name"], []).append(row)
        columns = {name for row in self.rows for name in row.cells}
        for column in sorted({name.partition("::")[0] for name in columns} - KNOWN):
            self.form.lost("survey", Message("questionnaires.column", column=column))
        for language in sorted({name.partition("::")[2] for name in columns} - {"", "zh", "en"}):
            self.form.lost("survey", Message("questionnaires.language", language=language))

    def read(self) -> None:
        """Every row in its order; a group is open while what is in it is read."""
        with ExitStack() as top:
            open_groups: list[tuple[Line, ExitStack]] = []
            at = 0
            while at < len(self.rows):
                row, base = self.rows[at], self.rows[at].kind.partition(" ")[0]
                if base in ("begin_group", "begin_repeat"):
                    end = self._end(at)
                    if _same_rows(row, self.rows[at + 1 : end]):
                        self._matrix(row, self.rows[at + 1 : end])
                        at = end + 1
                        continue
                    if base == "begin_repeat":
                        self.form.lost(row["name"], Message("questionnaires.asked_once"))
                    stack = top.enter_context(ExitStack())
                    title = self._words(row, "label") if self._says(row, "label") else None
                    paged = "field-list" in row["appearance"]
                    stack.enter_context(self.form.group(row["name"], title, row["relevant"], paged))
                    open_groups.append((row, stack))
                elif base in ("end_group", "end_repeat"):
                    if not open_groups:
                        raise InterchangeError("questionnaires.no_group_open", place=row.place)
                    open_groups.pop()[1].close()
                else:
                    self._question(row, base)
                at += 1

    def _end(self, at: int) -> int:
        depth = 0
        for end in range(at, len(self.rows)):
            base = self.rows[end].kind.partition(" ")[0]
            depth += base in ("begin_group", "begin_repeat")
            depth -= base in ("end_group", "end_repeat")
            if depth == 0:
                return end
        raise InterchangeError("questionnaires.group_open", name=self.rows[at]["name"], place=self.rows[at].place)

    def _question(self, row: Line, base: str) -> None:
        name, list_name = row["name"], row.kind.partition(" ")[2]
        if name == "consent" and base == "note":
            self.form.consent = self._words(row, "label")
            return
        if (base == "calculate" and name.endswith("__words")) or base in SILENT:
            return
        if name.endswith("__other") and base == "text" and self._own_words(row):
            return
        question = self._typed(base, row)
        if question is None:
            self.form.lost(name or row.place, Message("questionnaires.question_type", kind=row["type"]))
            return
        if not name:
            raise InterchangeError("questionnaires.row_without_name", place=row.place)
        if self._says(row, "hint"):
            question["help"] = self._words(row, "hint")
        if list_name:
            question["options"] = self._options(row, list_name)
        if "randomize=true" in row["parameters"]:
            question["random_options"] = True
        self._required(question, row)
        self._constraint(question, row)
        self.form.ask(name, row.place, question, row["relevant"])

    def _typed(self, base: str, row: Line) -> PlainQuestion | None:
        """The question with what its type says; None for a type that cannot be asked."""
        look, kind = row["appearance"], TYPES.get(base)
        if base == "select_one":
            kind = "dropdown" if re.search("minimal|autocomplete", look) else "scale" if "likert" in look else "single"
        elif base == "text" and "multiline" in look:
            kind = "long_text"
        limits = (
            dict(re.findall(r"(start|end|step)\s*=\s*(-?\d+(?:\.\d+)?)", row["parameters"])) if base == "range" else {}
        )
        if base == "range":
            kind = "recommend" if (limits.get("start"), limits.get("end", "10")) == ("0", "10") else "number"
        if kind is None:
            return None
        question: PlainQuestion = {"key": "", "type": kind, "text": self._words(row, "label")}
        if base in ("integer", "int") or (base == "range" and kind == "number" and "." not in limits.get("step", "1")):
            question["whole"] = True
        if base == "range" and kind == "number":
            question["minimum"], question["maximum"] = (
                _figure(limits.get("start", "1")),
                _figure(limits.get("end", "10")),
            )
        return question

    def _matrix(self, group: Line, inner: list[Line]) -> None:
        """A group of selects from one list, each named group__row."""
        name = group["name"]
        question: PlainQuestion = {"key": "", "type": "matrix", "text": self._words(group, "label")}
        question["options"] = self._options(inner[0], inner[0].kind.partition(" ")[2])
        if self._says(group, "hint"):
            question["help"] = self._words(group, "hint")
        rows: list[PlainRow] = []
        for row in inner:
            each: PlainRow = {"key": row["name"].removeprefix(f"{name}__"), "text": self._words(row, "label")}
            self.form.condition(each, row["name"], row["relevant"])
            rows.append(each)
        question["rows"] = rows
        self._required(question, inner[0])
        self.form.ask(name, group.place, question, group["relevant"], rows_named="{name}__{row}")

    def _own_words(self, row: Line) -> bool:
        """Take a text beside an option as that option's own words; False where it belongs to none."""
        last = self.form.last
        match = re.search(r"'([^']*)'\s*\)?\s*$", row["relevant"])
        if last is None or self.form.key_of(row["name"].removesuffix("__other")) != last["key"] or match is None:
            return False
        for option in last.get("options", []):
            if option["code"] == match[1]:
                option["other"] = True
                return True
        return False

    def _required(self, question: PlainQuestion, row: Line) -> None:
        said = row["required"].lower()
        if said in ("yes", "true", "true()", "1"):
            question["required"] = question["type"] != "statement"
        elif said not in ("", "no", "false", "false()", "0"):
            self.form.lost(row["name"], Message("questionnaires.required_if", rule=row["required"]))

    def _constraint(self, question: PlainQuestion, row: Line) -> None:
        for part in _parts(row["constraint"]) if row["constraint"] else ():
            if not _limit(question, part):
                self.form.lost(row["name"], Message("questionnaires.constraint", part=part))
        if self._says(row, "constraint_message") and question.get("pattern"):
            question["pattern_hint"] = self._words(row, "constraint_message")
        elif self._says(row, "constraint_message"):
            self.form.lost(row["name"], Message("questionnaires.words_shown_when_its"))

    def _options(self, row: Line, list_name: str) -> list[PlainOption]:
        name = re.sub(r"\s*or_other$", "", list_name)
        if name not in self.lists:
            raise InterchangeError("questionnaires.no_list", place=row.place, name=name)
        nameless = next((each for each in self.lists[name] if not each["name"]), None)
        if nameless is not None:
            raise InterchangeError("questionnaires.option_without_value", place=nameless.place)
        found: list[PlainOption] = [
            {"code": each["name"], "text": self._words(each, "label")} for each in self.lists[name]
        ]
        if name != list_name:
            found.append({"code": "other", "text": text("其他", "Other"), "other": True})
        return found

    def _says(self, row: Line, column: str) -> bool:
        return any(row.words(column, self.default))

    def _words(self, row: Line, column: str) -> Words:
        zh, en = row.words(column, self.default)
        return self.form.words(row["name"], zh, en) if zh or en else text(row["name"], row["name"])


def _same_rows(group: Line, inner: list[Line]) -> bool:
    """A group of selects from one list, each named after it, is a matrix."""
    kinds = {row.kind for row in inner}
    named = all(row["name"].startswith(f"{group['name']}__") for row in inner)
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
    if kind == "number" and (match := re.fullmatch(r"\.\s*(>=|<=|>|<)\s*(-?\d+(?:\.\d+)?)", part)):
        number = _figure(match[2])
        if len(match[1]) == 1:
            if not (question.get("whole") and isinstance(number, int)):
                return False
            number += 1 if match[1] == ">" else -1
        limit: Literal["minimum", "maximum"] = "minimum" if ">" in match[1] else "maximum"
        question[limit] = number
    elif kind == "date" and (match := re.fullmatch(r"\.\s*(>=|<=)\s*(?:date\('([\d-]+)'\)|today\(\))", part)):
        day: Literal["earliest", "latest"] = "earliest" if match[1] == ">=" else "latest"
        question[day] = match[2] or "today"
    elif "text" in kind and (match := re.fullmatch(r"string-length\(\.\)\s*(>=|<=)\s*(\d+)", part)):
        length: Literal["min_length", "max_length"] = "min_length" if match[1] == ">=" else "max_length"
        question[length] = int(match[2])
    elif match := re.fullmatch(r"count-selected\(\.\)\s*(>=|<=)\s*(\d+)", part):
        count: Literal["min_choices", "max_choices"] = "min_choices" if match[1] == ">=" else "max_choices"
        question[count] = int(match[2])
    elif kind == "short_text" and (match := re.fullmatch(r"regex\(\.,\s*'(.*)'\)", part)):
        question["pattern"] = match[1]
    elif match := re.fullmatch(r"not\(selected\(\.,\s*'([^']*)'\) and count-selected\(\.\) > 1\)", part):
        for option in question.get("options", []):
            if option["code"] == match[1]:
                option["exclusive"] = True
    else:
        return False
    return True


def _figure(said: str) -> int | float:
    number = float(said)
    return int(number) if number.is_integer() else number
