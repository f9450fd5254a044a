"""A questionnaire as data: bilingual texts, questions with their options, logic, and the columns plans use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict

from questionnaires.legal import Legal
from questionnaires.logic import Rule, as_source, both, holds, parse_rule, questions_in

_STRICT = ConfigDict(extra="forbid")
Type = Literal[
    "single", "multiple", "scale", "matrix", "recommend", "dropdown", "number", "short_text", "long_text", "date",
    "ranking", "statement",
]  # fmt: skip
LANGUAGES = ("zh", "en")
HOME_AREAS = "home_areas"
OTHER = "other"  # the field of an option's own words is key__other
MOST_ON_A_PAGE = 12  # things to answer, each row of a matrix one; a longer questionnaire stands in pages
WRITTEN = ("short_text", "long_text")
TEXT_LENGTH = 500  # characters of a text whose question says no other number
MINOR = "minor"  # what ended the questionnaire of somebody too young
NoAnswer = Literal["dont_know", "refused", "not_used"]  # what an option may say in place of an answer


def _readable_rule(source: Any) -> Any:
    """The rule in one way of writing it; an unreadable one is refused where it stands."""
    return as_source(parse_rule(source)) if source is not None else None


Condition = Annotated[Any, AfterValidator(_readable_rule)]


def _rule(source: Any) -> Rule | None:
    return parse_rule(source) if source is not None else None


@dataclass(frozen=True)
class Text:
    """The same words in both languages."""

    zh: str
    en: str

    __pydantic_config__ = _STRICT

    def __getitem__(self, language: str) -> str:
        return self.en if language == "en" else self.zh


class _Conditional:
    """What is shown only where the rule of its `show_if` holds."""

    show_if: Condition

    @cached_property
    def rule(self) -> Rule | None:
        return _rule(self.show_if)


@dataclass(frozen=True)
class Choice(_Conditional):
    """An option. `exclusive`: chosen alone, as 'none of these'. `other`: with a field for words of one's own.

    `fixed`: keeps its place where the options' order is random. `missing`: choosing it is no answer, and says why.
    """

    code: str
    text: Text
    exclusive: bool = False
    other: bool = False
    fixed: bool = False
    missing: NoAnswer | None = None
    show_if: Condition = None

    __pydantic_config__ = _STRICT


@dataclass(frozen=True)
class Row(_Conditional):
    """A line of a matrix, and the indicator numbers of the rulebook it stands for."""

    key: str
    text: Text
    indicators: tuple[int, ...] = ()
    show_if: Condition = None

    __pydantic_config__ = _STRICT


@dataclass(frozen=True)
class Question:
    """One question. A scale's and a matrix's options are answered with whole numbers; code 0 is 'not used'.

    `soft_required`: left open, it is asked for once more and may then stay open. `attention`: the codes that show
    the question was read. `minimum`, `maximum`, `whole`: of a number. `earliest`, `latest`: of a date, or 'today'.
    `min_choices`, `max_choices`: of a multiple choice; of a ranking, how many are ranked.
    """

    key: str
    type: Type
    text: Text
    help: Text | None = None
    options: tuple[Choice, ...] = ()
    options_from: Literal["home_areas"] | None = None
    rows: tuple[Row, ...] = ()
    required: bool = False
    soft_required: bool = False
    show_if: Condition = None
    screen_out: tuple[str, ...] = ()
    attention: tuple[str, ...] = ()
    faces: bool = False
    random_options: bool = False
    random_rows: bool = False
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    whole: bool = False
    earliest: date | Literal["today"] | None = None
    latest: date | Literal["today"] | None = None
    min_length: int = 0
    max_length: int = TEXT_LENGTH
    pattern: str = ""
    pattern_hint: Text | None = None
    min_choices: int | None = None
    max_choices: int | None = None
    rule: Rule | None = field(init=False)

    __pydantic_config__ = _STRICT

    def __post_init__(self) -> None:
        object.__setattr__(self, "rule", _rule(self.show_if))

    @cached_property
    def codes(self) -> frozenset[str]:
        return frozenset(choice.code for choice in self.options)

    @cached_property
    def exclusive_codes(self) -> frozenset[str]:
        return frozenset(choice.code for choice in self.options if choice.exclusive)

    @cached_property
    def missing_codes(self) -> dict[str, NoAnswer]:
        """Codes that are no answer -> why: those that say so, and 0 of a scale or a matrix."""
        unused: dict[str, NoAnswer] = {"0": "not_used"} if self.type in ("scale", "matrix") else {}
        return {c.code: why for c in self.options if (why := c.missing or unused.get(c.code)) is not None}

    @cached_property
    def parts(self) -> dict[str, Rule | None]:
        """Keys of a matrix' rows, or codes of the options -> what must hold for one to be shown."""
        return {row.key: row.rule for row in self.rows} or {choice.code: choice.rule for choice in self.options}

    @cached_property
    def other_field(self) -> str:
        """The form field for the words of 'other, please say'; empty where no option has one."""
        return f"{self.key}__{OTHER}" if any(choice.other for choice in self.options) else ""

    @cached_property
    def conditional(self) -> bool:
        """Whether any of its options or rows is shown only after certain answers."""
        return any(part.rule is not None for part in (*self.options, *self.rows))

    @property
    def most_ranked(self) -> int:
        """How many options of a ranking may be ranked."""
        return min(self.max_choices or len(self.options), len(self.options))

    def fields(self) -> Iterator[str]:
        """Names of its form fields: the key; key__row for each row of a matrix; key__code for each ranked option."""
        if self.type == "matrix":
            yield from (f"{self.key}__{row.key}" for row in self.rows)
        elif self.type == "ranking":
            yield from (f"{self.key}__{choice.code}" for choice in self.options)
        elif self.type != "statement":
            yield self.key
            if self.other_field:
                yield self.other_field


@dataclass(frozen=True)
class Section(_Conditional):
    """Questions under one heading. `page`: a new page begins with it. `random`: neighbouring sections of the same
    name stand in random order."""

    title: Text
    questions: tuple[Question, ...]
    show_if: Condition = None
    page: bool = False
    random: str = ""

    __pydantic_config__ = _STRICT


@dataclass(frozen=True)
class Consent:
    """What a citizen is told first; `version` is stored with the response."""

    version: str
    text: Text

    __pydantic_config__ = _STRICT


class _Ruled:
    """What comes into force where the rule of its `when` holds."""

    when: Condition

    @cached_property
    def rule(self) -> Rule:
        return parse_rule(self.when)


@dataclass(frozen=True)
class Screen(_Ruled):
    """Ends the questionnaire with a page of its own where `when` holds."""

    key: str
    when: Condition
    message: Text

    __pydantic_config__ = _STRICT


@dataclass(frozen=True)
class Minors:
    """The age gate: who is too young is thanked, and of what they sent nothing is kept.

    `under`: the codes of `question` that mean too young, or, where it asks a number of years or a date of birth,
    the age below which a person is.
    """

    question: str
    under: int | tuple[str, ...]
    message: Text

    __pydantic_config__ = _STRICT


@dataclass(frozen=True)
class Quota(_Ruled):
    """At most `limit` complete responses for which `when` holds; later ones are thanked and not counted."""

    key: str
    when: Condition
    limit: int
    message: Text

    __pydantic_config__ = _STRICT


@dataclass(frozen=True)
class Contradiction(_Ruled):
    """Answers that do not go together: where `when` holds the response is flagged, and `text` says what does not fit.

    Nobody is turned away or asked again for it; a plan leaves such responses out only where it names this kind.
    """

    when: Condition
    text: Text

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
    pages: Literal["one", "sections", "questions"] | None = None
    screens: tuple[Screen, ...] = ()
    quotas: tuple[Quota, ...] = ()
    minors: Minors | None = None
    contradictions: tuple[Contradiction, ...] = ()
    legal: Legal = field(default_factory=Legal)
    digest: str = ""

    __pydantic_config__ = _STRICT

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        return tuple(question for section in self.sections for question in section.questions)

    @cached_property
    def rules(self) -> dict[str, Rule | None]:
        """Question key -> what must hold for it to be asked: its section's rule and its own."""
        return {q.key: both(section.rule, q.rule) for section in self.sections for q in section.questions}

    @cached_property
    def random(self) -> bool:
        """Whether anything stands in an order of its own for each respondent."""
        return self.moves_sections or any(q.random_options or q.random_rows for q in self.questions)

    @cached_property
    def moves_sections(self) -> bool:
        """Whether sections stand in an order of their own for each respondent."""
        return any(section.random for section in self.sections)

    @cached_property
    def page_starts(self) -> tuple[str, ...]:
        """Keys of the questions that begin a page, in order.

        By the author's `pages` (all on one, a page a section, a question a page), else where sections say `page`, else a
        page a section where there is much to answer. A statement shares the page of the question after it.
        """
        chosen = self.pages or ("one" if not self._long or any(s.page for s in self.sections[1:]) else "sections")
        starts: list[str] = []
        for section in self.sections:
            joined = bool(starts) and chosen == "one" and not section.page
            for question in section.questions:
                if not joined:
                    starts.append(question.key)
                joined = chosen != "questions" or question.type == "statement"
        return tuple(starts)

    @cached_property
    def _long(self) -> bool:
        return sum(len(question.rows) or question.type != "statement" for question in self.questions) > MOST_ON_A_PAGE

    def question(self, key: str) -> Question | None:
        return self._by_key.get(key)

    @cached_property
    def _by_key(self) -> dict[str, Question]:
        return {question.key: question for question in self.questions}

    @cached_property
    def screens_after(self) -> dict[str, tuple[Screen, ...]]:
        """Question key -> the screens that look at it and at nothing asked later."""
        found: dict[str, tuple[Screen, ...]] = {}
        asked: set[str] = set()
        mentioned = [(screen, set(questions_in(screen.rule))) for screen in self.screens]
        for question in self.questions:
            asked.add(question.key)
            found[question.key] = tuple(s for s, keys in mentioned if question.key in keys and keys <= asked)
        return found

    def ending_codes(self, question: Question) -> frozenset[str]:
        """Codes of `question` that end the questionnaire by themselves: nobody who chose one is in the sample."""
        gate = self.minors
        young = gate.under if gate and gate.question == question.key and not isinstance(gate.under, int) else ()
        alone = [screen.rule for screen in self.screens if set(questions_in(screen.rule)) == {question.key}]
        ruled = (code for code in question.codes if any(holds(rule, {question.key: code}) for rule in alone))
        return frozenset((*question.screen_out, *young, *ruled))

    def leading(self, question: Question) -> tuple[Choice, ...]:
        """The options of `question` that lead into the sample."""
        return tuple(choice for choice in question.options if choice.code not in self.ending_codes(question))

    def endings(self, question: Question) -> list[tuple[Rule, Text]]:
        """What ends the questionnaire as soon as `question` is answered, in the order it is looked at, with what is said.

        An age below that of a date of birth is not among them: it changes by the day.
        """
        found: list[tuple[Rule, Text]] = []
        gate = self.minors
        if gate is not None and gate.question == question.key:
            if not isinstance(gate.under, int):
                found.append((Rule("in", question.key, list(gate.under)), gate.message))
            elif question.type == "number":
                old = Rule("at_least", question.key, str(gate.under))
                found.append((Rule("not", parts=(old,)), gate.message))
        if question.screen_out:
            found.append((Rule("in", question.key, list(question.screen_out)), self.screened_out))
        place = {asked.key: number for number, asked in enumerate(self.questions)}
        for screen in self.screens:
            if max(questions_in(screen.rule), key=place.__getitem__) == question.key:
                found.append((screen.rule, screen.message))
        return found

    def ending(self, key: str) -> Text:
        """What is said to somebody whom the screen or the full quota `key` ended; else the general words."""
        messages = {screen.key: screen.message for screen in self.screens}
        messages |= {quota.key: quota.message for quota in self.quotas}
        messages |= {MINOR: self.minors.message} if self.minors else {}
        return messages.get(key, self.screened_out)

    def with_areas(self, areas: Sequence[Choice]) -> Definition:
        """The same questionnaire with the survey's areas before the options of `options_from: home_areas`."""

        def filled(question: Question) -> Question:
            if question.options_from != HOME_AREAS:
                return question
            return replace(question, options=(*areas, *question.options), options_from=None)

        sections = tuple(replace(s, questions=tuple(filled(q) for q in s.questions)) for s in self.sections)
        return replace(self, sections=sections)
