"""The rows of another tool's table as interviews: cells through the mapping, what is blank and why, moments in their zone.

`Sheet` is the table with its columns matched; what it does not know is `open`, for a person to say.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from questionnaires import Definition, Question
from survey_app.fieldwork.answers_in.headings import KOBO, NAMES, WJX, Column, columns_of, known_headings, tool_of
from survey_app.fieldwork.answers_in.mapping import Mapping, as_text
from survey_app.fieldwork.answers_in.targets import CHOSEN, LONGEST_NUMBER, Targets, chosen_in, same, with_words
from survey_app.files.headed import HeadedTable, TableRow, plain, read_headed
from survey_app.files.said import Fault, FileRefusedError
from survey_app.ground.dates import DateError, read_moment
from wording import Message, Text

MOST_ROWS = 20_000
MOST_SAID = 60  # different words in a choice; more are no choice
EMPTY = {"(空)": "empty", "(跳过)": "skipped"}
LONGEST_BLANK = 6  # letters
CODED = {"-2": "empty", "-3": "skipped"}  # of 问卷星, beside its numbers
YES, NO = {"1", "true", "yes", "是", "选中", "√"}, {"0", "false", "no", "否", "未选中"}
_LASTED = re.compile(r"(?:(\d{1,6})\s*(?:小时|时|h))?\s*(?:(\d{1,6})\s*(?:分钟?|m))?\s*(?:(\d{1,6})\s*(?:秒|s)?)?")
_CLOCK = re.compile(r"(\d{1,6}):(\d{1,2})(?::(\d{1,2}))?")


@dataclass
class Read:
    """A row: what it says, and what of it cannot be read. key '' where it has none; started_at None where nobody knows."""

    number: int
    key: str = ""
    finished_at: datetime | None = None
    started_at: datetime | None = None
    site: str = ""
    invitation: str = ""
    answers: dict[str, list[str]] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)  # field -> its column, as a person finds it
    faults: list[Fault] = field(default_factory=list)
    blanks: Counter[str] = field(default_factory=Counter)


class Sheet:
    """A table of answers and how it is read."""

    def __init__(self, table: HeadedTable, targets: Targets, zone: ZoneInfo, mapping: Mapping | None) -> None:
        """mapping: None where none is kept. Raises FileRefusedError for a table of other questions, and an empty one."""
        self.table, self.targets, self.zone = table, targets, zone
        self.tool = tool_of(self.table.headings)
        self._codes: dict[tuple[str, str], str | None] = {}
        self.mapping = mapping or Mapping(NAMES[self.tool])
        self.columns = columns_of(self.table.headings, self.targets, self.mapping.columns)
        if not any(column.target in self.targets.all and self._recognised(column) for column in self.columns):
            raise FileRefusedError("collected.no_question_here", headings=self.table.headings[:6])
        if not self.table.rows:
            raise FileRefusedError("files.table_empty")

    @classmethod
    def of(cls, name: str, data: bytes, definition: Definition, zone: ZoneInfo, mapping: Mapping | None) -> Sheet:
        """The table of a file. Raises FileRefusedError."""
        targets = Targets(definition)
        return cls(read_headed(name, data, known_headings(targets), MOST_ROWS, read_all=True), targets, zone, mapping)

    def under(self, mapping: Mapping) -> Sheet:
        """The same table, read by another mapping."""
        return Sheet(self.table, self.targets, self.zone, mapping)

    @cached_property
    def by_target(self) -> dict[str, Column]:
        return {column.target: column for column in self.columns if column.target}

    def roles_missing(self) -> list[str]:
        """Roles without which no row can be taken."""
        return [role for role in ("@key", "@finished") if role not in self.by_target]

    @cached_property
    def answers(self) -> list[tuple[Column, Question, str]]:
        """The columns of answers with their question and part."""
        return [
            (column, *self.targets.all[column.target]) for column in self.columns if column.target in self.targets.all
        ]

    @cached_property
    def said(self) -> dict[str, dict[str, int]]:
        """Question with choices -> what its cells say -> how often, in the file's order."""
        found: dict[str, dict[str, int]] = {}
        for column, question, part in self.answers:
            if "=" in (column.target or "") or part == "other" or question.type not in (*CHOSEN, "recommend"):
                continue
            counted = found.setdefault(question.key, {})
            known = self._known(question)
            for row in self.table.rows:
                text = row.text(column.place)
                if self._blank(text, choice=True):
                    continue
                for one in chosen_in(question, text, known):
                    bare = with_words(one)[0]
                    counted[bare] = counted.get(bare, 0) + 1
        return found

    @cached_property
    def numbers(self) -> str:
        """What numbers in choices are: as the mapping says; Kobo's are always codes."""
        return self.mapping.numbers or ("code" if self.tool == KOBO else "")

    @property
    def numbers_open(self) -> bool:
        """Whether somebody has to say what numbers are: some mean another option by their place than by their code."""
        if self.numbers:
            return False
        return any(
            same(said).isdigit() and self.code_of(question, said) is None
            for question, said in self._each_said()
            if question.type != "recommend"
        )

    def code_of(self, question: Question, said: str) -> str | None:
        """The code of what a cell says, '' for no answer, None where it is not known."""
        if (question.key, said) not in self._codes:
            chosen = self.mapping.options.get(question.key, {}).get(said)
            fits = chosen == "" or question.type == "recommend" or chosen in question.codes
            known = chosen if chosen is not None and fits else self.targets.option_of(question, said, self.numbers)
            self._codes[question.key, said] = known
        return self._codes[question.key, said]

    def open_options(self) -> dict[str, list[str]]:
        """Question -> what its cells say that stands for none of its options."""
        found: dict[str, list[str]] = {}
        for question, said in self._each_said():
            if self.code_of(question, said) is None:
                found.setdefault(question.key, []).append(said)
        return found

    def no_choice(self) -> list[tuple[Column, int]]:
        """Columns with so many different words that they are no choice, and how many."""
        many = {key: len(said) for key, said in self.said.items() if len(said) > self._most(key)}
        return [(column, many[question.key]) for column, question, _part in self.answers if question.key in many]

    def sites_said(self) -> list[str]:
        column = self.by_target.get("@site")
        if column is None:
            return []
        return list(dict.fromkeys(text for row in self.table.rows if (text := self._text(row, "@site"))))

    def rows(self) -> Iterator[Read]:
        """Every row, read."""
        faults: dict[int, list[Fault]] = {}
        used = {self.table.column(column.place) for column in self.columns if column.target}
        for fault in self.table.faults:
            if fault.column in used or not fault.column:
                faults.setdefault(fault.row, []).append(fault)
        for row in self.table.rows:
            found = Read(row.number, faults=faults.get(row.number, []))
            if not found.faults:
                self._frame(row, found)
                self._answers(row, found)
            yield found

    def _frame(self, row: TableRow, found: Read) -> None:
        found.key, found.site, found.invitation = (self._text(row, role) for role in ("@key", "@site", "@invitation"))
        found.finished_at = self._moment(row, "@finished", found)
        found.started_at = self._moment(row, "@started", found)
        lasted = self._text(row, "@seconds")
        if lasted and found.finished_at is not None and found.started_at is None:
            seconds = seconds_of(lasted)
            with suppress(OverflowError):  # before the first year
                found.started_at = None if seconds is None else found.finished_at - timedelta(seconds=seconds)
            if found.started_at is None:
                self._wrong(found, "@seconds", Message("collected.no_duration", said=lasted[:40]))
        if "not" in (status := plain(self._text(row, "@status"))) or "不通过" in status:
            self._wrong(found, "@status", Message("collected.not_approved"))
        for role, key in (("@key", "collected.no_key"), ("@finished", "collected.no_moment")):
            if not self._text(row, role):
                self._wrong(found, role, Message(key))

    def _answers(self, row: TableRow, found: Read) -> None:
        ranks: dict[str, dict[str, str]] = {}
        blank: dict[str, list[str]] = {}
        for column, question, part in self.answers:
            target, text = column.target or "", row.text(column.place)
            split = "=" in target
            chosen = split or question.type == "recommend" or (question.type in CHOSEN and part != "other")
            why = self._blank(text, chosen)
            name = question.key if split else target
            found.places.setdefault(name, self.table.column(column.place))
            if why:
                blank.setdefault(name, []).append(why)
            elif split:
                self._split(found, question, part, text, ranks.setdefault(name, {}), column)
            elif chosen:
                self._chosen(found, question, name, text, column)
            else:
                found.answers[name] = [text]
        for key, ranked in ranks.items():
            codes = sorted(ranked, key=lambda code: int(ranked[code]))
            if codes:
                found.answers[key] = codes
        for name, whys in blank.items():
            if name not in found.answers:
                found.blanks["skipped" if set(whys) == {"skipped"} else "empty"] += 1

    def _split(
        self, found: Read, question: Question, code: str, text: str, ranked: dict[str, str], column: Column
    ) -> None:
        """A column of one option: its rank in a ranking, else whether it was chosen."""
        said, words = with_words(text)
        plainly = same(said)
        if question.type == "ranking" and plainly.isdecimal() and len(plainly) <= LONGEST_NUMBER:
            if plainly != "0":
                ranked[code] = plainly
        elif plainly in YES or self.targets.option_of(question, said, "code") == code:
            ranked[code] = "0"
        elif plainly not in NO:
            self._at(found, column, Message("collected.no_yes_no", said=text[:40]))
        if words and question.other_field:
            found.answers[question.other_field] = [words]

    def _chosen(self, found: Read, question: Question, name: str, text: str, column: Column) -> None:
        codes = []
        for one in chosen_in(question, text, self._known(question)):
            said, words = with_words(one)
            code = self.code_of(question, said)
            if code is None:
                self._at(found, column, Message("collected.no_such_option", said=said[:40]))
            elif code:
                codes.append(code)
            if words and code and question.other_field:
                found.answers[question.other_field] = [words]
        if codes:
            found.answers[name] = codes

    def _blank(self, text: str, choice: bool) -> str:
        """empty | skipped, '' where a cell says something."""
        if len(text) > LONGEST_BLANK:  # most cells, and a heading's rules cost
            return ""
        said = plain(text)
        if not said or (self.tool == KOBO and said == "n/a"):
            return "skipped" if said else "empty"
        coded = CODED if self.tool == WJX and (choice or self._serial) else {}
        return EMPTY.get(said) or coded.get(said, "")

    @cached_property
    def _serial(self) -> bool:
        """Whether the file has numbers in place of words."""
        asked = [said for question, said in self._each_said() if question.type != "recommend"]
        return bool(self.numbers) or (bool(asked) and all(same(said).isdecimal() for said in asked))

    def _known(self, question: Question) -> list[str]:
        return self._known_words[question.key]

    @cached_property
    def _known_words(self) -> dict[str, list[str]]:
        return {
            question.key: [
                same(words) for choice in question.options for words in (choice.code, choice.text.zh, choice.text.en)
            ]
            for question in self.targets.asked
        }

    def _recognised(self, column: Column) -> bool:
        """Whether its words say what it is, or it has none beside a number."""
        return column.why != "number" or self.targets.is_number(column.heading)

    def _each_said(self) -> Iterator[tuple[Question, str]]:
        for key, counted in self.said.items():
            question = self.targets.definition.question(key)
            if question is not None and len(counted) <= self._most(key):
                for said in counted:
                    yield question, said

    def _most(self, key: str) -> int:
        question = self.targets.definition.question(key)
        return max(MOST_SAID, 2 * len(question.options) if question else 0)

    def _text(self, row: TableRow, role: str) -> str:
        column = self.by_target.get(role)
        text = row.text(column.place) if column is not None else ""
        return "" if self._blank(text, choice=False) else text

    def _moment(self, row: TableRow, role: str, found: Read) -> datetime | None:
        column = self.by_target.get(role)
        if column is None:
            return None
        value = row.cell(column.place).value
        zone = UTC if plain(column.heading) == "_submission_time" else self.zone  # Kobo's own clock
        if isinstance(value, datetime):
            return value if value.tzinfo else value.replace(tzinfo=zone)
        text = row.text(column.place)
        if not text:
            return None
        try:
            moment = read_moment(text, self.zone)
        except DateError as error:
            self._at(found, column, error.said)
            return None
        return moment.replace(tzinfo=zone) if moment.tzinfo is self.zone else moment

    def _wrong(self, found: Read, role: str, said: Text) -> None:
        column = self.by_target.get(role)
        found.faults.append(Fault(found.number, self.table.column(column.place) if column else "", said))

    def _at(self, found: Read, column: Column, said: Text) -> None:
        found.faults.append(Fault(found.number, self.table.column(column.place), said))


def seconds_of(said: str) -> int | None:
    """123秒, 2分3秒, 1小时2分, 95 or 0:02:03 in seconds; None where it is no duration."""
    clock, words = _CLOCK.fullmatch(said.strip()), _LASTED.fullmatch(said.strip())
    if clock:
        seconds = 0
        for part in filter(None, clock.groups()):
            seconds = seconds * 60 + int(part)
        return seconds
    if words and any(words.groups()):
        hours, minutes, seconds = (int(part or 0) for part in words.groups())
        return hours * 3600 + minutes * 60 + seconds
    return None


def proposed(sheet: Sheet) -> str:
    """The mapping of a file as YAML, with null where somebody has to say."""
    options: dict[str, dict[str, str | None]] = {key: {**said} for key, said in sheet.mapping.options.items()}
    for key, wanting in sheet.open_options().items() if not sheet.numbers_open else ():
        options.setdefault(key, {}).update(dict.fromkeys(wanting))
    document = asdict(sheet.mapping) | {
        "numbers": None if sheet.numbers_open else sheet.mapping.numbers,
        "columns": {
            column.heading: None if column.open else column.target
            for column in sheet.columns
            if column.why in ("", "number", "words", "chosen")
        },
        "options": options,
    }
    return as_text(document, sheet.targets.definition)
