"""A definition put together from another tool's form, question by question in its order, and what of it was left behind.

Names and codes that cannot stand here are changed and listed; a condition sees only what was asked before it.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from definitions import DefinitionError
from questionnaires.checks import OTHER_LENGTH
from questionnaires.definition import OTHER, TEXT_LENGTH, WRITTEN
from questionnaires.interchange.comparisons import Asked, Kind, UnreadableError, joined
from questionnaires.interchange.conditions_in import Dialect, read
from questionnaires.interchange.losses import Carried, InterchangeError, Loss
from questionnaires.interchange.skeleton import PlainQuestion, PlainRow, PlainSection, Shown, Words, definition_of, text
from questionnaires.loading import MOST_WRITTEN, parse_definition
from questionnaires.logic import Rule, as_source, leaves
from questionnaires.patterns import PatternError, check_pattern
from questionnaires.plain import as_yaml
from wording import Message, Text

KINDS: dict[str, Kind] = {
    "single": "choice", "dropdown": "choice", "scale": "choice", "multiple": "several", "ranking": "ranking",
    "matrix": "rows", "number": "number", "recommend": "number", "date": "date",
}  # fmt: skip
_LANGUAGES = {"zh": "questionnaires.no_chinese_for", "en": "questionnaires.no_english_for"}


@dataclass(frozen=True)
class _Group:
    title: Words
    rule: Rule | None


class Assembly:
    """Takes questions in order, inside the groups that are open, and gives the definition."""

    def __init__(self, dialect: Dialect) -> None:
        self.losses: list[Loss] = []
        self.consent: Words | None = None
        self._dialect = dialect
        self._sections: list[PlainSection] = []
        self._groups = [_Group(text("问卷", "Questions"), None)]
        self._fresh = True  # the next question begins a section
        self._page = False  # and that section a page
        self._asked: dict[str, Asked] = {}
        self._keys: dict[str, str] = {}  # the other tool's names -> keys
        self._from: dict[str, Text] = {}  # key -> where the question stood
        self._untold: dict[str, list[str]] = {"zh": [], "en": []}

    def lost(self, place: Text, what: Text) -> None:
        self.losses.append(Loss(place, what))

    def words(self, name: str, zh: str, en: str) -> Words:
        """Both languages, one standing in for the other where it must."""
        for language, said, other in (("zh", zh, en), ("en", en, zh)):
            if other and not said and any(sign.isalpha() for sign in other):
                self._untold[language].append(name)
        return text(self._piped(zh, name), self._piped(en, name))

    @contextmanager
    def group(self, name: str, title: Words | None, condition: str, page: bool = False) -> Iterator[None]:
        """What is asked inside stands in sections of its own, under the conditions of every group around it."""
        outer = self._groups[-1]
        own = self._rule(name, condition)
        rule = joined("and", [part for part in (outer.rule, own) if part is not None])
        self._groups.append(_Group(title or outer.title, rule if isinstance(rule, Rule) else None))
        self._fresh, self._page = True, self._page or page
        yield
        self._groups.pop()
        self._fresh = True

    def ask(self, name: str, where: Text, question: PlainQuestion, condition: str, rows_named: str = "{row}") -> None:
        """The next question. where: the place in the file; rows_named: how conditions there name a row of a matrix."""
        question["key"] = self._keys[name] = self._key(name, name, self._from)
        self._from[question["key"]] = where
        codes = self._coded(question, name)
        self.condition(question, name, condition)
        self._within_bounds(question, name)
        if self._fresh:
            section: PlainSection = {"title": self._groups[-1].title, "questions": []}
            if self._groups[-1].rule is not None:
                section["show_if"] = as_source(self._groups[-1].rule)
            if self._page and self._sections:
                section["page"] = True
            self._sections.append(section)
            self._fresh = self._page = False
        self._sections[-1]["questions"].append(question)
        self._answers(name, question, codes)
        for row, key in self._row_keys(name, question.get("rows", [])).items():
            self._asked[rows_named.format(name=name, row=row)] = Asked(f"{question['key']}.{key}", "choice", codes)

    @property
    def last(self) -> PlainQuestion | None:
        return self._sections[-1]["questions"][-1] if self._sections and not self._fresh else None

    def key_of(self, name: str) -> str | None:
        return self._keys.get(name)

    def means(self, name: str, other: str) -> None:
        """`name` in conditions stands for the question `other`."""
        self._asked[name] = self._asked[other]

    def condition(self, part: Shown, name: str, source: str) -> None:
        """The rule of `source` as show_if of a question, a row or an option."""
        rule = self._rule(name, source)
        if rule is not None:
            part["show_if"] = as_source(rule)

    def whole(self, name: str, version: str, title: Words) -> Carried:
        """The definition as plain data, which is known to load. Raises InterchangeError naming places of the file."""
        if not self._sections:
            raise InterchangeError("questionnaires.no_question_minyi_can")
        for language, names in self._untold.items():
            if names:
                places = list(dict.fromkeys(names))
                self.lost(
                    Message("questionnaires.texts"), Message(_LANGUAGES[language], n=len(places), names=places[:5])
                )
        self._shorten()
        plain = definition_of(name, version, title, self._sections, self.consent)
        try:
            parse_definition(as_yaml(plain))
        except DefinitionError as error:
            raise InterchangeError(self._at(error)) from error
        return Carried(plain, tuple(self.losses))

    def _shorten(self) -> None:
        """Many long texts take fewer characters each, so that all of them fit into one form that is sent."""
        questions = [question for section in self._sections for question in section["questions"]]
        texts = [question for question in questions if question["type"] in WRITTEN]
        own_words = sum(bool(option.get("other")) for each in questions for option in each.get("options", []))
        left = MOST_WRITTEN - OTHER_LENGTH * own_words
        if sum(each.get("max_length", TEXT_LENGTH) for each in texts) > left:
            most = max(left // len(texts), 1)
            for each in texts:
                each["max_length"] = min(each.get("max_length", TEXT_LENGTH), most)
            self.lost(Message("questionnaires.texts"), Message("questionnaires.length_now", most=most))

    def _at(self, error: DefinitionError) -> list[Message]:
        said = []
        for problem in error.problems:
            match = re.match(r"sections\W*(\d+)\W+questions\W*(\d+)", problem.key)
            key = self._sections[int(match[1])]["questions"][int(match[2])]["key"] if match else ""
            place = self._from.get(key, Message("questionnaires.the_form"))
            said.append(Message("questionnaires.problem_at", place=place, said=problem.message))
        return said

    def _rule(self, name: str, source: str) -> Rule | None:
        if not source.strip():
            return None
        try:
            said = read(source, self._dialect, self._asked.get)
        except UnreadableError:
            self.lost(name, Message("questionnaires.condition_ignored", source=source))
            return None
        if said is False:
            self.lost(name, Message("questionnaires.condition_never", source=source))
        if not isinstance(said, Rule):
            return None
        if self._dialect == "surveyjs" and any(self._cased(leaf) for leaf in leaves(said)):
            self.lost(name, Message("questionnaires.case_of_letters", source=source))
        return said

    def _cased(self, leaf: Rule) -> bool:
        """Whether SurveyJS compares this text whatever the case of its letters, which a rule does not."""
        written = leaf.operator in ("equals", "not_equals") and leaf.value.lower() != leaf.value.upper()
        return written and any(each.place == leaf.question and each.kind == "text" for each in self._asked.values())

    def _key(self, name: str, place: Text, taken: Container[str]) -> str:
        """A key for a name that none has taken; it is listed where it is another."""
        key = re.sub(r"\W+", "_", name.strip(), flags=re.ASCII if name.isascii() else 0)
        key = re.sub(r"__+", "_", key).strip("_")
        key = key if key.isidentifier() else f"q_{key}".rstrip("_")
        free, number = key, 2
        while free in taken:
            free, number = f"{key}_{number}", number + 1
        if free != name:
            self.lost(place, Message("questionnaires.name_now", key=free))
        return free

    def _coded(self, question: PlainQuestion, name: str) -> Mapping[str, str]:
        """Give each option a code that can stand here; the other tool's codes -> those."""
        options = question.get("options", [])
        whole = all(option["code"].isdecimal() and option["code"].isascii() for option in options)
        if question["type"] == "scale" and not whole:
            question["type"] = "single"
        codes: dict[str, str] = {}
        taken: set[str] = set()
        for number, option in enumerate(options, 1):
            before = option["code"]
            wanted = str(number) if question["type"] == "matrix" and not whole else before or str(number)
            option["code"], more = wanted, 2
            while option["code"] in taken or (question["type"], option["code"]) == ("ranking", OTHER):
                option["code"], more = f"{wanted}_{more}", more + 1
            if option["code"] != before:
                place = Message("questionnaires.option", question_key=name, code=before)
                self.lost(place, Message("questionnaires.code_now", code=option["code"]))
            codes.setdefault(before, option["code"])
            taken.add(option["code"])
        return codes

    def _row_keys(self, name: str, rows: list[PlainRow]) -> Mapping[str, str]:
        """Give each row of a matrix a key that can stand here; the other tool's names -> those."""
        keys: dict[str, str] = {}
        taken: set[str] = set()
        for row in rows:
            before = row["key"]
            place = Message("questionnaires.row", question_key=name, row_key=before)
            row["key"] = keys[before] = self._key(before, place, taken)
            taken.add(row["key"])
        return keys

    def _answers(self, name: str, question: PlainQuestion, codes: Mapping[str, str]) -> None:
        if question["type"] != "statement":
            kind: Kind = "boolean" if set(codes) == {"true", "false"} else KINDS.get(question["type"], "text")
            self._asked[name] = Asked(question["key"], kind, codes)

    def _piped(self, said: str, name: str) -> str:
        """{name} and ${name} of a question that was asked, by its key; of any other, without the signs that fill."""

        def filled(match: re.Match[str]) -> str:
            asked = self._asked.get(match[1].removesuffix("__words"))
            if asked is not None and asked.kind != "rows" and asked.place.isascii():
                return f"{{{asked.place}}}"
            self.lost(name, Message("questionnaires.pipe_of_no_question", name=match[1]))
            return f"({match[1]})"

        return re.sub(r"\$?\{\s*([^{}\s]+)\s*\}", filled, said)

    def _within_bounds(self, question: PlainQuestion, name: str) -> None:
        pattern = question.get("pattern", "")
        try:
            re.compile(pattern)
            check_pattern(pattern, question.get("max_length", TEXT_LENGTH))
        except (PatternError, re.error, RecursionError, OverflowError):
            self.lost(name, Message("questionnaires.constraint", part=pattern))
            question.pop("pattern")
            question.pop("pattern_hint", None)
