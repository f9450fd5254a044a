"""A questionnaire as data: bilingual texts, questions with their options, logic, and the columns plans use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict

from definitions import DefinitionError, Located, Problem, digest, load_text
from questionnaires.logic import Rule, parse_rule, questions_in

_STRICT = ConfigDict(extra="forbid")
Type = Literal["single", "multiple", "scale", "matrix", "recommend", "dropdown", "long_text"]
LANGUAGES = ("zh", "en")
HOME_AREAS = "home_areas"


def _readable_rule(source: Any) -> Any:
    """Refuse an unreadable rule where it stands."""
    if source is not None:
        parse_rule(source)
    return source


@dataclass(frozen=True)
class Text:
    """The same words in both languages."""

    zh: str
    en: str

    __pydantic_config__ = _STRICT

    def __getitem__(self, language: str) -> str:
        return self.en if language == "en" else self.zh


@dataclass(frozen=True)
class Choice:
    """An option. `exclusive`: chosen alone, as 'none of these'."""

    code: str
    text: Text
    exclusive: bool = False

    __pydantic_config__ = _STRICT


@dataclass(frozen=True)
class Row:
    """A line of a matrix, and the indicator numbers of the rulebook it stands for."""

    key: str
    text: Text
    indicators: tuple[int, ...] = ()

    __pydantic_config__ = _STRICT


@dataclass(frozen=True)
class Question:
    """One question. A scale's and a matrix's options are answered with whole numbers; 'not used' is code 0."""

    key: str
    type: Type
    text: Text
    help: Text | None = None
    options: tuple[Choice, ...] = ()
    options_from: Literal["home_areas"] | None = None
    rows: tuple[Row, ...] = ()
    required: bool = False
    show_if: Annotated[Any, AfterValidator(_readable_rule)] = None
    screen_out: tuple[str, ...] = ()
    max_length: int = 500
    rule: Rule | None = field(init=False)

    __pydantic_config__ = _STRICT

    def __post_init__(self) -> None:
        object.__setattr__(self, "rule", parse_rule(self.show_if) if self.show_if is not None else None)

    @cached_property
    def codes(self) -> frozenset[str]:
        return frozenset(choice.code for choice in self.options)

    @cached_property
    def exclusive_codes(self) -> frozenset[str]:
        return frozenset(choice.code for choice in self.options if choice.exclusive)

    def fields(self) -> Iterator[str]:
        """Names of its form fields: the key, or key__row for each row of a matrix."""
        if self.type == "matrix":
            yield from (f"{self.key}__{row.key}" for row in self.rows)
        else:
            yield self.key


@dataclass(frozen=True)
class Section:
    """Questions under one heading."""

    title: Text
    questions: tuple[Question, ...]

    __pydantic_config__ = _STRICT


@dataclass(frozen=True)
class Consent:
    """What a citizen is told first; `version` is stored with the response."""

    version: str
    text: Text

    __pydantic_config__ = _STRICT


@dataclass(frozen=True)
class Legal:
    """What China's statistics law makes a local survey show. Blank until the survey is approved."""

    form_number: str = ""
    approving_body: str = ""
    approval_number: str = ""
    valid_until: str = ""

    __pydantic_config__ = _STRICT


@dataclass(frozen=True, eq=False)  # compared and hashed as an object: pages are cached by it
class Definition:
    """A whole questionnaire. `columns`: typed column of a response -> question key."""

    id: str
    version: str
    title: Text
    organiser: Text
    consent: Consent
    sections: tuple[Section, ...]
    columns: dict[str, str]
    screened_out: Text
    thanks: Text
    legal: Legal = field(default_factory=Legal)
    digest: str = ""

    __pydantic_config__ = _STRICT

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        return tuple(question for section in self.sections for question in section.questions)

    @property
    def languages(self) -> tuple[str, ...]:
        return LANGUAGES

    def question(self, key: str) -> Question | None:
        return next((question for question in self.questions if question.key == key), None)

    def with_areas(self, areas: Sequence[Choice]) -> Definition:
        """The same questionnaire with the survey's areas before the options of `options_from: home_areas`."""

        def filled(question: Question) -> Question:
            if question.options_from != HOME_AREAS:
                return question
            return replace(question, options=(*areas, *question.options), options_from=None)

        sections = tuple(replace(s, questions=tuple(filled(q) for q in s.questions)) for s in self.sections)
        return replace(self, sections=sections)


def load_definition(name_or_path: str | Path) -> Definition:
    """A questionnaire of the library by name, or a file. Raises DefinitionError."""
    packaged = files("questionnaires").joinpath(f"library/{name_or_path}.yaml")
    if packaged.is_file():
        return parse_definition(packaged.read_text(encoding="utf-8"), f"{name_or_path}.yaml")
    path = Path(name_or_path)
    if not path.is_file():
        raise DefinitionError([Problem(str(path), 1, "", "no such file, and no questionnaire of that name")])
    return parse_definition(path.read_text(encoding="utf-8"), str(path))


def parse_definition(text: str, name: str = "questionnaire") -> Definition:
    """Check `text` as a questionnaire, its form and its sense. Raises DefinitionError."""
    located: Located[Definition] = load_text(text, Definition, name)
    problems = list(_problems(located))
    if problems:
        raise DefinitionError(problems)
    return replace(located.value, digest=digest(text))


def legal_warnings(definition: Definition) -> list[str]:
    """What the law asks to be shown and is still blank: a warning for the manager, not for citizens."""
    names = {
        "form_number": "表号",
        "approving_body": "批准机关",
        "approval_number": "批准文号",
        "valid_until": "有效期限",
    }
    return [f"{label}未填写" for key, label in names.items() if not getattr(definition.legal, key).strip()]


def _problems(located: Located[Definition]) -> Iterator[Problem]:
    seen: set[str] = set()
    for place, section in enumerate(located.value.sections):
        for position, question in enumerate(section.questions):
            path = ("sections", place, "questions", position)
            if question.key in seen:
                yield located.problem((*path, "key"), f"the key '{question.key}' is used twice")
            for asked in questions_in(question.rule) if question.rule else ():
                if asked not in seen:
                    yield located.problem((*path, "show_if"), f"'{asked}' is not a question asked before this one")
            seen.add(question.key)
            yield from (located.problem((*path, part), text) for part, text in _misshapen(question))
    for column, key in located.value.columns.items():
        if key not in seen:
            yield located.problem(("columns", column), f"there is no question '{key}'")


def _misshapen(question: Question) -> Iterator[tuple[str, str]]:
    """The key at fault and what is wrong with it."""
    if not question.key.isidentifier() or "__" in question.key:
        yield "key", "a key is made of letters, digits and single underscores"
    chooses = question.type in ("single", "multiple", "scale", "matrix", "dropdown")
    if chooses and not question.options and question.options_from is None:
        yield "type", f"a question of type '{question.type}' needs options"
    if len(question.codes) != len(question.options):
        yield "options", "two options have the same code"
    if question.type == "matrix" and not question.rows:
        yield "type", "a matrix needs rows"
    if len({row.key for row in question.rows}) != len(question.rows):
        yield "rows", "two rows have the same key"
    if question.type in ("scale", "matrix") and not all(code.isdigit() for code in question.codes):
        yield "options", "the codes of a scale are whole numbers"
    for code in question.screen_out:
        if code not in question.codes:
            yield "screen_out", f"screen_out names the code '{code}', which is no option"
