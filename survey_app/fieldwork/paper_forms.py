"""A questionnaire on paper: numbered questions with numbered boxes, one form for each number on a site's list.

The same questions are shown as a page to print and drawn as PDF.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from questionnaires import Choice, Definition, Question
from questionnaires.logic import Rule
from questionnaires.piping import pieces
from survey_app.answering.definitions import definition_of
from survey_app.answering.invitation_codes import written_serial
from survey_app.answering.invitation_links import OPEN
from survey_app.answering.question_hints import hint
from survey_app.drawing.marks import HEIGHT, INK, WIDTH, box, line, rule, text_width, wrapped
from survey_app.drawing.pdf_pages import pages_pdf
from survey_app.fieldwork import invitations
from survey_app.ground import audit
from survey_app.ground.imprint import imprint
from survey_app.jobs.queue import Progress, counting
from survey_app.models import Site

MOST_FORMS = 200  # in one file
LONG_LIST = 24  # options; a longer list is answered in writing
MARGIN, SIZE, LEADING = 42, 10.5, 16
ROOM = WIDTH - 2 * MARGIN
BOTTOM = HEIGHT - 50
SERIAL = "\ue000"  # where the number of a form is put in; a page is laid out once for all of them
WORDS = {
    "zh": {
        "choose_one": "选一项", "choose_many": "可多选", "rank": "请在方框内写顺序号", "end": "到此结束",
        "only_if": "仅当{}时回答", "only_some": "如不适用，可跳过", "and": "且", "or": "或", "is": "第{}题选“{}”",
        "answered": "第{}题已回答", "not": "不符合：{}", "at_least": "第{}题不低于{}", "at_most": "第{}题不高于{}", "is_not": "第{}题不是“{}”",
        "count_at_least": "第{}题至少选{}项", "count_at_most": "第{}题最多选{}项", "before": "第{}题早于{}",
        "after": "第{}题晚于{}", "pipe": "第{}题的回答", "other": "请说明",
        "date": "访问日期", "site": "调查点", "tick": "请在方框内打勾 ☑。不想回答的题可以空着，标“必答”的除外。", "required": "必答",
    },
    "en": {
        "choose_one": "choose one", "choose_many": "choose any", "rank": "write 1, 2, 3 … in the boxes",
        "end": "stop here", "only_if": "Only if {}", "only_some": "Skip this if it does not apply", "and": " and ",
        "or": " or ", "is": "question {} is '{}'", "answered": "question {} was answered", "not": "not: {}",
        "at_least": "question {} is at least {}", "at_most": "question {} is at most {}", "is_not": "question {} is not '{}'",
        "count_at_least": "at least {1} chosen in question {0}", "count_at_most": "at most {1} chosen in question {0}",
        "before": "question {} is before {}", "after": "question {} is after {}", "pipe": "your answer to question {}",
        "other": "please say", "date": "Date",
        "site": "Place", "tick": "Please tick the boxes. You may leave out what you do not want to answer, except 'required'.",
        "required": "required",
    },
}  # fmt: skip


@dataclass(frozen=True)
class PaperQuestion:
    """A question as it stands on paper. choices: number and words of each box; rows: lines of a matrix, each with all
    choices; lines: blank lines to write on; note: when it is asked, and how many may be ticked."""

    number: int
    text: str
    required: bool
    note: str
    help: str
    choices: tuple[tuple[str, str], ...]
    rows: tuple[str, ...]
    lines: int


@dataclass(frozen=True)
class PaperSection:
    title: str
    questions: tuple[PaperQuestion, ...]


@lru_cache(maxsize=16)
def paper_sections(definition: Definition, language: str) -> tuple[PaperSection, ...]:
    """The questionnaire for paper, in its order; questions are numbered through."""
    numbers: dict[str, int] = {}
    for question in definition.questions:
        if list(question.fields()):
            numbers[question.key] = len(numbers) + 1
    return tuple(
        PaperSection(
            section.title[language],
            tuple(_question(definition, question, numbers, language) for question in section.questions),
        )
        for section in definition.sections
    )


def choice_numbers(question: Question) -> list[str]:
    """What stands beside each option's box: its code where all codes are numbers, else its place."""
    codes = [choice.code for choice in question.options]
    return codes if codes and all(code.isdecimal() for code in codes) else [str(i) for i in range(1, len(codes) + 1)]


def numbers_to_print(site: Site, first: int) -> list[str]:
    """Unused numbers of the site from `first` on, as many as one file takes."""
    waiting = [person.serial for person in invitations.of_site(site) if person.state == OPEN]
    return [written_serial(serial) for serial in waiting if serial >= first][:MOST_FORMS]


def paper_forms(site: Site, first: int, language: str, progress: Progress | None = None) -> bytes:
    """A form for each of `numbers_to_print`; the printing is put down, so that it is known that there are forms to wait for. The caller
    commits."""
    serials = numbers_to_print(site, first)
    pdf = forms_pdf(site, definition_of(site.survey), serials, language, progress)
    audit.record("paper.print", f"survey:{site.survey.code}", after={"site": site.code, "forms": len(serials)})
    return pdf


def forms_pdf(
    site: Site, definition: Definition, serials: Sequence[str], language: str = "zh", progress: Progress | None = None
) -> bytes:
    """One PDF with a form for each number."""
    pages = _layout(definition, site.name, site.survey.title, language, imprint().contact)
    told = counting(serials, len(serials), progress, "正在画纸质问卷", "drawing paper forms")
    return pages_pdf(page.replace(SERIAL, serial) for serial in told for page in pages)


def _question(definition: Definition, question: Question, numbers: dict[str, int], language: str) -> PaperQuestion:
    words = WORDS[language]
    notes = []
    rule = definition.rules[question.key]
    if rule is not None:
        notes.append(_only_if(definition, rule, numbers, language))
    choices: tuple[tuple[str, str], ...] = ()
    if question.type == "recommend":
        choices = tuple((str(number), "") for number in range(11))
    elif 0 < len(question.options) <= LONG_LIST:
        choices = tuple(
            (number, _choice_words(definition, question, choice, language))
            for number, choice in zip(choice_numbers(question), question.options, strict=True)
        )
    if question.type == "multiple":
        notes.append(words["choose_many"])
    if question.type == "ranking":
        notes.append(words["rank"])
    limits = hint(question, language) if question.type != "ranking" else ""
    writes = list(question.fields()) and not choices
    return PaperQuestion(
        number=numbers.get(question.key, 0),
        text=_unpiped(question.text[language], numbers, language),
        required=question.required,
        note="；".join(notes) if language == "zh" else "; ".join(notes),
        help=" ".join(
            part
            for part in (_unpiped(question.help[language], numbers, language) if question.help else "", limits)
            if part
        ),
        choices=choices,
        rows=tuple(row.text[language] for row in question.rows),
        lines=(3 if question.type == "long_text" else 1) if writes else 0,
    )


def _choice_words(definition: Definition, question: Question, choice: Choice, language: str) -> str:
    words, said = WORDS[language], choice.text[language]
    if choice.other:
        said += f"（{words['other']}：＿＿＿＿＿＿）"
    return said + (f"（{words['end']}）" if choice.code in definition.ending_codes(question) else "")


def _unpiped(text: str, numbers: dict[str, int], language: str) -> str:
    """On paper, an answer that a text repeats is named by its question's number."""
    said = WORDS[language]["pipe"]
    return "".join(said.format(numbers.get(part, "")) if piped else part for part, piped in pieces(text))


def _only_if(definition: Definition, condition: Rule, numbers: dict[str, int], language: str) -> str:
    words = WORDS[language]
    said = _said(definition, condition, numbers, language)
    return words["only_if"].format(said) if said else words["only_some"]


def _said(definition: Definition, condition: Rule, numbers: dict[str, int], language: str) -> str:
    """The condition in words; empty where there are none for it."""
    words = WORDS[language]
    if condition.operator in ("and", "or"):
        parts = [_said(definition, part, numbers, language) for part in condition.parts]
        return words[condition.operator].join(parts) if all(parts) else ""
    if condition.operator == "not":
        part = _said(definition, condition.parts[0], numbers, language)
        return words["not"].format(part) if part else ""
    asked = definition.question(condition.question.partition(".")[0])
    number = numbers.get(condition.question.partition(".")[0])
    if asked is None or number is None:
        return ""
    if condition.operator == "answered":
        return words["answered"].format(number)
    if condition.operator in ("equals", "not_equals", "in", "contains"):
        wanted = [condition.value] if isinstance(condition.value, str) else list(condition.value)
        names = {choice.code: choice.text[language] for choice in asked.options}
        joined = ("、" if language == "zh" else ", ").join(names.get(code, code) for code in wanted)
        return words["is_not" if condition.operator == "not_equals" else "is"].format(number, joined)
    return words[condition.operator].format(number, condition.value)


@lru_cache(maxsize=256)
def _layout(definition: Definition, site_name: str, title: str, language: str, contact: str) -> tuple[str, ...]:
    """Contents of the form's pages, with SERIAL where its number stands."""
    words = WORDS[language]
    flow = _Flow()
    flow.text(title, 16, weight="bold")
    flow.text("　".join(filter(None, (definition.organiser[language], contact))), 9.5, colour="#55626f")
    if marks := definition.legal.marks(language):
        flow.text("　".join(marks), 9, colour="#55626f")
    flow.skip(4)
    flow.text(f"{words['site']}：{site_name}　　{words['date']}：______年____月____日", SIZE)
    flow.skip(4)
    flow.text(definition.consent.text[language], 9, colour="#55626f")
    flow.text(words["tick"], 9.5)
    for section in paper_sections(definition, language):
        heading = [_heading(section.title)]
        for question in section.questions:
            flow.keep([*heading, *_block(question, words)])
            heading = []
    return flow.finished()


@dataclass(frozen=True)
class _Band:
    """A strip of the page: what is drawn, relative to its upper edge, and how high it is."""

    drawn: str
    height: float


class _Flow:
    """Bands put below one another, with a new page where one does not fit."""

    def __init__(self) -> None:
        self.pages: list[list[str]] = [[]]
        self.y = 44.0

    def text(self, said: str, size: float, weight: str = "normal", colour: str = INK) -> None:
        bands = [_line(piece, size, weight=weight, colour=colour) for piece in wrapped(said, size, ROOM - 90)]
        self.keep(bands)

    def skip(self, height: float) -> None:
        self.y += height

    def keep(self, bands: Sequence[_Band]) -> None:
        """Put bands on one page where they fit on one at all."""
        height = sum(band.height for band in bands)
        if self.y + height > BOTTOM and height < BOTTOM - 80:
            self._turn()
        for band in bands:
            if self.y + band.height > BOTTOM:
                self._turn()
            self.pages[-1].append(f'<g transform="translate({MARGIN} {self.y:.1f})">{band.drawn}</g>')
            self.y += band.height

    def finished(self) -> tuple[str, ...]:
        number = len(self.pages)
        return tuple(
            "".join(parts)
            + line(WIDTH - MARGIN, 40, 12, f"编号 No. {SERIAL}", 130, anchor="end", weight="bold")
            + line(WIDTH / 2, HEIGHT - 26, 8.5, f"{place} / {number}", 100, colour="#55626f")
            for place, parts in enumerate(self.pages, 1)
        )

    def _turn(self) -> None:
        self.pages.append([])
        self.y = 60.0


def _line(said: str, size: float, x: float = 0, weight: str = "normal", colour: str = INK) -> _Band:
    drawn = line(x, size, size, said, ROOM - x, anchor="start", weight=weight, colour=colour)
    return _Band(drawn, size * 1.5)


def _heading(title: str) -> _Band:
    return _Band(line(0, 20, 11, title, ROOM, anchor="start", weight="bold", colour="#0b5c8a") + rule(0, 25, ROOM), 30)


def _block(question: PaperQuestion, words: dict[str, str]) -> list[_Band]:
    number = f"{question.number}. " if question.number else ""
    mark = f"（{words['required']}）" if question.required else ""
    bands = [_line(piece, SIZE, weight="bold") for piece in wrapped(number + question.text + mark, SIZE, ROOM)]
    for extra in (question.note, question.help):
        bands += [_line(piece, 9, x=14, colour="#55626f") for piece in wrapped(extra, 9, ROOM - 14) if extra]
    if question.rows:
        bands += _matrix(question)
    elif question.choices:
        bands += _choices(question.choices)
    bands += [_Band(rule(14, LEADING, ROOM - 14), LEADING + 6) for _ in range(question.lines)]
    return [*bands, _Band("", 7)]


def _choices(choices: Sequence[tuple[str, str]]) -> list[_Band]:
    """Boxes beside one another, as many as a line takes."""
    bands, drawn, x = [], "", 14.0
    for number, said in choices:
        label = f"{number}. {said}" if said else number
        width = 16 + text_width(label, SIZE) + 14
        if x + width > ROOM and drawn:
            bands.append(_Band(drawn, LEADING + 2))
            drawn, x = "", 14.0
        drawn += box(x, 12, 9) + line(x + 13, 12, SIZE, label, ROOM - x - 13, anchor="start")
        x += width
    return [*bands, _Band(drawn, LEADING + 2)]


def _matrix(question: PaperQuestion) -> list[_Band]:
    """A row for each line, a column for each choice; the choices' words above."""
    named = ROOM * 0.4
    each = (ROOM - named) / len(question.choices)
    heads = [wrapped(f"{number}. {said}", 8, each - 4) for number, said in question.choices]
    deep = max(len(head) for head in heads)
    drawn = "".join(
        line(named + (place + 0.5) * each, 9 + 10 * row, 8, piece, each - 3)
        for place, head in enumerate(heads)
        for row, piece in enumerate(head)
    )
    bands = [_Band(drawn, 10 * deep + 5)]
    for said in question.rows:
        pieces = wrapped(said, 9.5, named - 18)
        drawn = "".join(line(14, 12 + 12 * i, 9.5, piece, named - 18, anchor="start") for i, piece in enumerate(pieces))
        drawn += "".join(box(named + (place + 0.5) * each - 4.5, 13, 9) for place in range(len(question.choices)))
        height = max(LEADING + 1, 12 * len(pieces) + 5)
        bands.append(_Band(drawn + rule(14, height - 1, ROOM - 14, "#d5dbe1"), height))
    return bands
