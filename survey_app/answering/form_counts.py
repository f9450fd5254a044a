"""Counting forms opened, sent back and left, without following anybody.

Each worker adds up in memory and writes its sums every few seconds in a transaction of its own, so that opening a form
costs nothing. What a worker had not yet written when it was killed is lost: these are counts of events for running the
fieldwork, never answers.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from questionnaires import Definition
from survey_app.answering import networks
from survey_app.answering.open_sites import OpenSite
from survey_app.ground.keeping import DRAFT
from survey_app.ground.web_frame import of_process
from survey_app.models import FormCount, Kept, Site, Survey, db

WRITTEN_EVERY = 15.0  # seconds
OPENED, REFUSED, WRONG, LEFT = "opened", "refused", "wrong", "left"
HANDED, RETURNED = "handed", "returned"  # by the hour in which the form was handed out, which stands in `question`
STORED, LARGEST = "stored", "network"  # answers of a day, and those of its largest network at the most
MOST_DRAFTS = 5000
Key = tuple[int, date, str, str]


@dataclass
class _Pending:
    """What this worker has counted and not yet written. networks: answers of a site, a day and a network."""

    counts: Counter[Key] = field(default_factory=Counter)
    networks: Counter[tuple[int, date, str]] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)
    written: float = field(default_factory=time.monotonic)


@dataclass(frozen=True)
class Leaving:
    """A question with how often a form was left at it, stopped as a draft there, or came back for it."""

    key: str
    left: int
    drafts: int
    wrong: int


@dataclass(frozen=True)
class FormEvents:
    """Of some sites of a survey: forms opened and sent back in all, opened by day, and where they were left."""

    opened: int
    refused: int
    left: int
    drafts: int
    by_day: dict[date, int]
    questions: tuple[Leaving, ...]


def opened(site: OpenSite, moment: datetime | None = None) -> None:
    """A form was handed out, now or at `moment`."""
    local = _local(site, moment or datetime.now(UTC))
    _count(site, [(OPENED, ""), (HANDED, f"{local.hour:02}")], local.date())


def returned(site: OpenSite, issued_at: datetime, address: str = "") -> None:
    """An answer to the form of `issued_at` was stored. address: where it came from, which is written nowhere."""
    local = _local(site, issued_at)
    _count(site, [(RETURNED, f"{local.hour:02}")], local.date())
    if address:
        day = _today(site)
        _count(site, [(STORED, "")], day, networks.named(site.site_id, day, address))


def refused(site: OpenSite, fields: Iterable[str]) -> None:
    """A form that came back with errors in `fields`."""
    keys = {field.partition("__")[0] for field in fields} & {question.key for question in site.definition.questions}
    _count(site, [(REFUSED, ""), *((WRONG, key) for key in sorted(keys))], _today(site))


def left(site: OpenSite, question: str) -> None:
    """A form that was begun and left unsent; `question`: the last one touched, ignored where there is none such."""
    if any(each.key == question for each in site.definition.questions):
        _count(site, [(LEFT, question)], _today(site))


def write() -> None:
    """Write what this worker has counted; what cannot be written is kept for the next time."""
    pending = _pending()
    with pending.lock:
        counts, pending.counts, pending.written = pending.counts, Counter(), time.monotonic()
        arrived, pending.networks = pending.networks, Counter()
    if not counts:
        return
    for (site_id, day, network), answers in arrived.items():
        counts[site_id, day, LARGEST, ""] += networks.grown(site_id, day, network, answers)
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    rows = [
        {"site_id": site, "day": day, "event": event, "question": question, "number": number}
        for (site, day, event, question), number in sorted(counts.items())
        if number
    ]
    new = dialect.insert(FormCount)
    more = new.on_conflict_do_update(
        index_elements=["site_id", "day", "event", "question"], set_={"number": FormCount.number + new.excluded.number}
    )
    try:
        with db.engine.begin() as connection:
            connection.execute(more, rows)
    except SQLAlchemyError:
        current_app.logger.warning("the counts of opened forms wait for the next time", exc_info=True)
        with pending.lock:
            pending.counts.update(counts)


def events(survey: Survey, sites: Sequence[Site], definition: Definition) -> FormEvents:
    """What was counted at `sites`, questions in their order."""
    ids = {site.id for site in sites}
    query = (
        select(FormCount.site_id, FormCount.day, FormCount.event, FormCount.question, func.sum(FormCount.number))
        .join(Site, Site.id == FormCount.site_id)
        .where(Site.survey_id == survey.id, FormCount.event.in_((OPENED, REFUSED, WRONG, LEFT)))
        .group_by(FormCount.site_id, FormCount.day, FormCount.event, FormCount.question)
    )
    by_day: Counter[date] = Counter()
    totals: Counter[str] = Counter()
    by_question: Counter[tuple[str, str]] = Counter()
    for site_id, day, event, question, number in db.session.execute(query):
        if site_id in ids:
            totals[event] += int(number)
            if event == OPENED:
                by_day[day] += int(number)
            if question:
                by_question[event, question] += int(number)
    drafts = _drafts(survey, ids, definition)
    questions = tuple(
        Leaving(key, by_question[LEFT, key], drafts[key], by_question[WRONG, key])
        for key in (question.key for question in definition.questions)
        if by_question[LEFT, key] or drafts[key] or by_question[WRONG, key]
    )
    return FormEvents(totals[OPENED], totals[REFUSED], totals[LEFT], drafts.total(), dict(by_day), questions)


def _drafts(survey: Survey, ids: set[int], definition: Definition) -> Counter[str]:
    """The last answered question of each kept draft, of the newest few thousand."""
    keys = {question.key for question in definition.questions}
    query = (
        select(Kept.site_id, Kept.note)
        .join(Site, Site.id == Kept.site_id)
        .where(Site.survey_id == survey.id, Kept.purpose == DRAFT)
        .order_by(Kept.expires_at.desc())
        .limit(MOST_DRAFTS)
    )
    noted = [(site_id, note.get("question")) for site_id, note in db.session.execute(query)]
    return Counter(question for site_id, question in noted if site_id in ids and question in keys)


def _count(site: OpenSite, found: Sequence[tuple[str, str]], day: date, network: str = "") -> None:
    pending = _pending()
    with pending.lock:
        if network:
            pending.networks[site.site_id, day, network] += 1
        for event, question in found:
            pending.counts[site.site_id, day, event, question] += 1
        due = time.monotonic() - pending.written > WRITTEN_EVERY
    if due:
        write()


def _local(site: OpenSite, moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo(site.time_zone))


def _today(site: OpenSite) -> date:
    return _local(site, datetime.now(UTC)).date()


def _pending() -> _Pending:
    kept: _Pending | None = of_process().get("minyi_form_counts")
    if kept is None:
        kept = of_process().setdefault("minyi_form_counts", _Pending())
    return kept
