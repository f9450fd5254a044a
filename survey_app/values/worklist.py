"""The indicators of many areas as work: who does it, how far it is, when it is due."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select

from analysis.scoring import load_rulebook
from analysis.scoring.values import StoredValue
from survey_app.models import Area, IndicatorEntry, Period, db
from survey_app.values import evidence
from survey_app.values.assignments import Responsible
from survey_app.values.periods import current_period, deadline_of, own_deadlines
from survey_app.values.reading import ACCEPTED, SUBMITTED, asked, indicator_of, state_of, stored_of

DONE = (SUBMITTED, ACCEPTED)  # the department's part is done


@dataclass(frozen=True)
class Task:
    """One indicator of one area. `deadline` is that of its departments; `version`: of the entry, 0 for none."""

    period: str
    area: Area
    indicator: str
    name: str
    path: tuple[str, ...]
    who: Responsible
    state: str
    deadline: datetime | None
    overdue: bool
    entry: IndicatorEntry | None
    values: Mapping[str, StoredValue]
    evidence: int
    changed_at: datetime | None

    @property
    def version(self) -> int:
        return self.entry.version if self.entry else 0

    @property
    def order(self) -> tuple[bool, str, int]:
        """Overdue first, then by area, in the order of the annex."""
        return (not self.overdue, self.area.code, int(self.indicator) if self.indicator.isdigit() else 10**6)


def rated_places(period: Period | None = None) -> list[Area]:
    """Everything that the period rates, where none is given the present one: cities, counties, zones."""
    period = period or current_period()
    return sorted(
        (area for area in db.session.scalars(select(Area)) if period.rulebook_of(area)), key=lambda area: area.order
    )


def tasks(period: Period, areas: Iterable[Area]) -> list[Task]:
    """All indicators that are asked of `areas` in `period`, overdue first."""
    places = list(areas)
    stored = stored_of(period, places)
    files, own = evidence.counts(period.code), own_deadlines(period.code)
    moment = datetime.now(UTC)
    found = []
    for area in places:
        rulebook = load_rulebook(period.rulebook_of(area))
        who, entries, rows = stored.who[area.id], stored.entries.get(area.id, {}), stored.rows.get(area.id, {})
        for indicator, name in asked(rulebook):
            entry, mine = entries.get(indicator), rows.get(indicator, [])
            given = {row.metric: row.value for row in mine}
            state = state_of(entry, given, who[indicator])
            due = deadline_of(period, area, who[indicator].departments, own)
            path = indicator_of(rulebook, indicator).path if indicator.isdigit() else ()
            found.append(
                Task(
                    period.code, area, indicator, name, path, who[indicator], state, due,
                    state not in DONE and due is not None and due < moment, entry, given,
                    files[entry.id] if entry else 0,
                    max([row.changed_at for row in mine] + ([entry.changed_at] if entry else []), default=None),
                )
            )  # fmt: skip
    return sorted(found, key=lambda task: task.order)


def counted(listed: Iterable[Task]) -> Counter[str]:
    """State -> how many, and 'overdue'."""
    numbers: Counter[str] = Counter()
    for task in listed:
        numbers[task.state] += 1
        numbers["overdue"] += task.overdue
    return numbers


def by_department(listed: Iterable[Task]) -> dict[tuple[Area, str], list[Task]]:
    """(area, lead department or '' for the coordinator) -> its tasks; a task with two leads stands under both."""
    grouped: dict[tuple[Area, str], list[Task]] = defaultdict(list)
    for task in listed:
        for department in task.who.leads or ("",):
            grouped[(task.area, department)].append(task)
    return dict(grouped)
