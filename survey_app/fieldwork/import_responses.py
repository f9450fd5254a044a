"""Responses by telephone or on paper from a file: checked like a form, all errors at once, all rows or none.

A row that was stored before, by its external number or else by the file's digest and its place in it, is left alone.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import ColumnElement, insert, select, update

from questionnaires import check_answers
from survey_app.answering.definitions import definition_of
from survey_app.answering.dispositions import BY_CODE, INTERVIEWS, read_disposition
from survey_app.answering.invitation_codes import read_serial
from survey_app.answering.invitation_links import OPEN, SPENT, OpenInvitation, make_key, survey_key
from survey_app.answering.open_sites import OpenSite, open_site
from survey_app.answering.refusal_words import refusal
from survey_app.answering.staffed_days import DayError, moment_of
from survey_app.answering.submission import submit
from survey_app.fieldwork.invitations import next_serial
from survey_app.fieldwork.response_tables import Column, columns_of, known_headings, values_of
from survey_app.files.headed import read_headed
from survey_app.files.said import FileRefusedError, Note
from survey_app.ground import audit, crypto
from survey_app.ground.dates import read_day
from survey_app.ground.official import settling
from survey_app.jobs.queue import Progress, counting
from survey_app.models import Invitation, Response, Survey, db
from wording import Message, Refusal, in_words

MODES = ("phone", "paper")
MOST_ROWS = 50_000
REQUIRED = ("site", "date", "disposition")
WORDS = {
    "zh": {
        "unknown_column": "不认识这一列", "column_twice": "这一列出现了两次", "column_missing": "缺少这一列",
        "site": "没有这个调查点编码", "date": "日期写成 2026-03-05 的样子", "disposition": "没有这个访问结果代码",
        "serial": "名单编号不对(含末位校验码)", "serial_site": "这个编号属于另一个调查点", "used": "这个编号已经用过了",
        "twice": "这个编号在文件中出现了两次", "answers": "这种访问结果不应有答案", "future": "日期在将来",
        "early": "日期早于调查开始", "late": "日期晚于调查结束", "empty": "文件里没有应答", "paused": "调查暂停中",
        "closed": "调查已经结束", "too_long": "超过80字",
    },
    "en": {
        "unknown_column": "this column is not known", "column_twice": "this column is there twice",
        "column_missing": "this column is missing", "site": "there is no such site code",
        "date": "write a date as 2026-03-05", "disposition": "there is no such disposition",
        "serial": "not a number of the list (with its check digit)", "serial_site": "the number belongs to another site",
        "used": "this number has been used", "twice": "this number is in the file twice",
        "answers": "such an outcome has no answers", "future": "the date is in the future",
        "early": "the date is before the survey began", "late": "the date is after the survey ended",
        "empty": "there are no responses in the file", "paused": "the survey is paused", "closed": "the survey has closed",
        "too_long": "longer than 80 characters",
    },
}  # fmt: skip


@dataclass(frozen=True)
class Problem:
    """What is wrong in one cell. row: as the spreadsheet counts, the headings being row 1."""

    row: int
    column: str
    message: str


class ImportRefusedError(Refusal):
    """A file with errors; nothing was stored."""

    def __init__(self, problems: list[Problem]) -> None:
        first = Message("files.row", row=problems[0].row, column=problems[0].column, said=problems[0].message)
        super().__init__("lines.import_refused", n=len(problems), first=first)
        self.problems = problems


@dataclass(frozen=True)
class Row:
    """A row that can be stored. case: names it for a second import. form: empty where nobody was interviewed."""

    number: int
    site: str
    day: date
    disposition: str
    serial: int | None
    case: str
    form: dict[str, list[str]]

    @property
    def interview(self) -> bool:
        return BY_CODE[self.disposition].group in INTERVIEWS


@dataclass(frozen=True)
class Preview:
    """What an import would store. already: rows that are stored from before. notes: what of the file is no response."""

    rows: tuple[Row, ...]
    already: int
    problems: tuple[Problem, ...]
    notes: tuple[Note, ...] = ()

    @property
    def interviews(self) -> int:
        return sum(row.interview for row in self.rows)

    @property
    def outcomes(self) -> list[tuple[str, int]]:
        """Disposition and number of its rows, in the order of the codes."""
        return sorted(Counter(row.disposition for row in self.rows).items())


def preview(
    survey: Survey, name: str, data: bytes, mode: str, language: str = "zh", progress: Progress | None = None
) -> Preview:
    """Check the whole file; nothing is stored. Raises FileRefusedError where there is no table to check."""
    if mode not in MODES:
        raise FileRefusedError("fieldwork.mode_one", modes=MODES)
    return _Check(survey, name, data, language).preview(progress)


def import_responses(
    survey: Survey, name: str, data: bytes, mode: str, language: str = "zh", progress: Progress | None = None
) -> Preview:
    """Store every row of the file, or none; the caller commits, or rolls back where it is refused. Raises ImportRefusedError and FileRefusedError."""
    first = preview(survey, name, data, mode, language, progress)
    if first.problems:
        raise ImportRefusedError(list(first.problems))
    digest = crypto.digest(data)
    after = {
        "file": digest, "mode": mode, "interviews": first.interviews, "rows": len(first.rows), "already": first.already,
    }  # fmt: skip
    audit.record("import.responses", f"survey:{survey.code}", after=after)  # from here on nobody else imports
    db.session.expire_all()
    found = preview(survey, name, data, mode, language, progress)
    if found != first:
        raise FileRefusedError("fieldwork.data_changed_just_now")
    _store(survey, found, mode, language, progress)
    return found


class _Check:
    """One pass over a file, collecting rows and problems."""

    def __init__(self, survey: Survey, name: str, data: bytes, language: str) -> None:
        self.survey, self.language, self.words = survey, language, WORDS[language]
        self.digest = crypto.digest(data)
        self.definition = definition_of(survey)
        self.known = known_headings(self.definition)
        self.table = read_headed(name, data, self.known, MOST_ROWS, read_all=True)
        self.sites = {site.code: open_site(site) for site in survey.sites if site.active}
        self.key = survey_key(survey.id)
        self.cases, self.responses = _stored(survey)
        query = select(Invitation.serial, Invitation.site_id, Invitation.state)
        self.list = {row.serial: row for row in db.session.execute(query.where(Invitation.survey_id == survey.id))}
        self.problems: list[Problem] = []
        self.seen: set[tuple[str, str]] = set()

    def preview(self, progress: Progress | None = None) -> Preview:
        top = self.table.heading_row
        columns, wrong = columns_of(self.table.headings, self.known)
        for heading, why in wrong:
            self._wrong(top, heading, why)
        for name in REQUIRED:
            if name not in {column.name for column in columns}:
                self._wrong(top, name, "column_missing")
        for fault in self.table.faults:
            self.problems.append(Problem(fault.row, fault.column, in_words(fault.said, self.language)))
        standing = next(iter(self.sites.values())).standing() if self.sites else "closed"
        if standing != "open" and not settling(self.survey):
            self._wrong(top, "", standing)
        if self.problems:
            return Preview((), 0, tuple(self.problems), tuple(self.table.notes))
        rows, already = [], 0
        for line in counting(self.table.rows, len(self.table.rows), progress, "正在核对各行", "checking the rows"):
            row = self._row(line.number, [line.text(place) for place in range(len(self.table.headings))], columns)
            if row is None:
                continue
            if self._is_stored(row):
                already += 1
            else:
                rows.append(row)
        if not rows and not already and not self.problems:
            self._wrong(top + 1, "", "empty")
        return Preview(tuple(rows), already, tuple(self.problems), tuple(self.table.notes))

    def _row(self, number: int, cells: list[str], columns: list[Column]) -> Row | None:
        before = len(self.problems)
        fixed = {column.name: cells[column.place].strip() for column in columns if column.question is None}
        heads = {column.name: column.heading for column in columns}
        site = self.sites.get(fixed["site"])
        if site is None:
            self._wrong(number, heads["site"], "site")
        day = self._day(number, heads["date"], fixed["date"])
        disposition = read_disposition(fixed["disposition"])
        if disposition is None:
            self._wrong(number, heads["disposition"], "disposition")
        serial = self._serial(number, heads, fixed, site)
        external = fixed.get("external", "")
        if len(external) > 80:
            self._wrong(number, heads["external"], "too_long")
        self._once(number, heads, "external", external)
        form = {
            column.name: values
            for column in columns
            if column.question is not None and (values := values_of(column.question, cells[column.place]))
        }
        if disposition is not None:
            self._answers(number, heads, BY_CODE[disposition].group in INTERVIEWS, form)
        if len(self.problems) > before or day is None or disposition is None:
            return None
        case = f"external {external}" if external else f"file {self.digest} {number}"
        row = Row(number, fixed["site"], day, disposition, serial, case, form)
        if serial is not None and row.interview and self.list[serial].state == SPENT and not self._is_stored(row):
            self._wrong(number, heads["serial"], "used")
            return None
        return row

    def _day(self, number: int, heading: str, cell: str) -> date | None:
        try:
            day = read_day(cell)
        except ValueError:
            self._wrong(number, heading, "date")
            return None
        try:
            moment_of(self.survey, day)
        except DayError as error:
            self._wrong(number, heading, error.why)
        return day

    def _serial(self, number: int, heads: dict[str, str], fixed: dict[str, str], site: OpenSite | None) -> int | None:
        cell = fixed.get("serial", "")
        if not cell:
            return None
        serial = read_serial(cell)
        if serial not in self.list:
            self._wrong(number, heads["serial"], "serial")
        elif site is not None and self.list[serial].site_id != site.site_id:
            self._wrong(number, heads["serial"], "serial_site")
        self._once(number, heads, "serial", cell)
        return serial

    def _once(self, number: int, heads: dict[str, str], name: str, cell: str) -> None:
        if cell and (name, cell) in self.seen:
            self._wrong(number, heads[name], "twice")
        self.seen.add((name, cell))

    def _answers(self, number: int, heads: dict[str, str], interview: bool, form: dict[str, list[str]]) -> None:
        if not interview:
            if form:
                self._wrong(number, heads[next(iter(form))], "answers")
            return
        for field, message in check_answers(self.definition, form).errors.items():
            self.problems.append(
                Problem(number, heads.get(field, field), refusal(self.definition, field, message, self.language))
            )

    def _is_stored(self, row: Row) -> bool:
        if self.key is None:
            return False
        if row.interview:
            return response_key(self.key, row.case) in self.responses
        return row.serial is None and self.cases.get(case_hash(self.key, row.case)) in ("spent", row.disposition)

    def _wrong(self, row: int, column: str, why: str) -> None:
        self.problems.append(Problem(row, column, self.words.get(why, why)))


def response_key(key: bytes, case: str) -> str:
    """The submission key of an imported interview: it cannot be made again once the survey's key is gone."""
    return crypto.mac(key, f"response {case}").hex()[:32]


def case_hash(key: bytes, case: str) -> str:
    """How a case without a number on the list is known again."""
    return crypto.mac(key, f"case {case}").hex()


def _stored(survey: Survey) -> tuple[dict[str, str], set[str]]:
    """Outcomes of imported cases by their hash, and the keys of responses taken by staff."""
    cases = db.session.execute(
        select(Invitation.external_hash, Invitation.state, Invitation.disposition).where(
            Invitation.survey_id == survey.id, Invitation.external_hash.is_not(None)
        )
    )
    responses = select(Response.submission_key).where(Response.survey_id == survey.id, Response.mode.in_(MODES))
    known = {row.external_hash: "spent" if row.state == SPENT else row.disposition for row in cases}
    return known, set(db.session.scalars(responses))


def _store(survey: Survey, found: Preview, mode: str, language: str, progress: Progress | None) -> None:
    key, serial, today = make_key(survey.id), next_serial(survey), datetime.now(UTC).date()
    sites = {site.code: site for site in survey.sites}
    views = {code: open_site(sites[code]) for code in {row.site for row in found.rows}}
    which: ColumnElement[bool]
    for row in counting(found.rows, len(found.rows), progress, "正在存入", "storing"):
        if row.serial is not None:
            which = (Invitation.survey_id == survey.id) & (Invitation.serial == row.serial)
        else:
            which = Invitation.external_hash == case_hash(key, row.case)
            if db.session.scalar(select(Invitation.id).where(which)) is None:
                new = {
                    "survey_id": survey.id, "site_id": sites[row.site].id, "serial": serial, "state": OPEN,
                    "mode": mode, "disposition": "", "attempts": 0, "made_on": today,
                    "external_hash": case_hash(key, row.case),
                }  # fmt: skip
                db.session.execute(insert(Invitation).values(new))
                serial += 1
        changes = {"mode": mode, "attempts": Invitation.attempts + 1, "last_attempt_on": row.day}
        if not row.interview:
            db.session.execute(
                update(Invitation).where(which, Invitation.state == OPEN).values(disposition=row.disposition, **changes)
            )
            continue
        db.session.execute(update(Invitation).where(which).values(mode=mode))
        invitation = db.session.scalars(select(Invitation).where(which)).one()
        moment = moment_of(survey, row.day)
        submit(
            views[row.site], row.form, response_key(key, row.case), language, moment, finished_at=moment, mode=mode,
            invitation=OpenInvitation.of(invitation),
        )  # fmt: skip
