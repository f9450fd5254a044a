"""What each other reading of an unclear row would change for one area: for drafting and for objections, never in a final run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypedDict

from analysis.scoring.documents import Points
from analysis.scoring.engine import score
from analysis.scoring.loading import load_rulebook
from analysis.scoring.readings import Reading, as_read, readings_of
from analysis.scoring.rulebook import Rulebook
from analysis.scoring.satisfaction import Satisfaction
from analysis.scoring.scorecard import Scorecard, as_points

How = Literal["rule", "entered", "rulebook"]


class OtherRow(TypedDict):
    """One reading. text, other: what holds, and what would instead. how: the other changes a rule, is applied by who
    enters the value, or needs another rulebook; only of the first kind are there figures. total None: void."""

    id: str
    rows: list[int]
    text: str
    other: str
    how: How
    changes: bool
    points: list[tuple[int, Points, Points]]
    total: tuple[Points | None, Points | None]
    star: tuple[str, str]


@dataclass(frozen=True)
class OtherReading:
    """A reading and the scorecard with its other text; `other` is None where no rule changes."""

    reading: Reading
    book: Rulebook
    now: Scorecard
    other: Scorecard | None

    @property
    def how(self) -> How:
        return "rule" if self.reading.instead else "entered" if self.reading.entered else "rulebook"

    @property
    def texts(self) -> tuple[str, str]:
        """What holds, and what would instead."""
        row = self.reading
        return (row.alternative, row.reads) if row.id in self.book.alternatives else (row.reads, row.alternative)

    @property
    def changes(self) -> bool:
        """Whether points, total or star come out otherwise."""
        return self.other is not None and (
            bool(self.points) or (self.now.total, self.now.star_level) != (self.other.total, self.other.star_level)
        )

    @property
    def points(self) -> list[tuple[int, Decimal, Decimal]]:
        """Indicator, its points now and by the other reading, where they differ."""
        if self.other is None:
            return []
        pairs = zip(self.now.indicators, self.other.indicators, strict=True)
        return [(one.indicator.number, one.points, two.points) for one, two in pairs if one.points != two.points]

    def as_dict(self) -> OtherRow:
        """A row of `minyi score --readings --json`."""
        row, then = self.reading, self.other or self.now
        text, other = self.texts
        totals = [None if card.total is None else as_points(card.total) for card in (self.now, then)]
        return {
            "id": row.id, "rows": list(row.rows.get(self.book.id, ())), "text": text, "other": other,
            "how": self.how, "changes": self.changes,
            "points": [(number, as_points(one), as_points(two)) for number, one, two in self.points],
            "total": (totals[0], totals[1]), "star": (self.now.star_level, then.star_level),
        }  # fmt: skip


def other_readings(
    book: Rulebook, values: Mapping[str, Mapping[str, object]], satisfaction: Satisfaction | None
) -> list[OtherReading]:
    """Every reading of the rulebook with what its other text makes of these values, each turned by itself.

    Empty for a rulebook without readings. Raises ValuesError.
    """
    held = readings_of(book.id) if book.readings else None
    if held is None:
        return []
    shipped, now, found = load_rulebook(book.id), score(book, values, satisfaction), []
    for row in held.of_book(book.id):
        turned = as_read(shipped, "", {*book.alternatives} ^ {row.id}) if row.instead else None
        found.append(OtherReading(row, book, now, score(turned, values, satisfaction) if turned else None))
    return found
