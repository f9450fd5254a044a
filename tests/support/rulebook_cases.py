"""Cases of a rulebook as a jurist writes them in tests/rulebooks/*.yaml: values in, stars, points and sentence out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import ConfigDict

from analysis.scoring import Rulebook, Satisfaction, load_rulebook, score
from analysis.scoring.kinds import score_indicator
from analysis.scoring.row import IndicatorScore
from analysis.scoring.values import among_peers, read_values
from definitions import load_text

FOLDER = Path(__file__).parents[1] / "rulebooks"
NOT_APPLICABLE = "不适用:"
Values = dict[str, dict[str, Any]]
_STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True)
class Outcome:
    """What one indicator earns; stars 0: no tier, or a kind without tiers; tier: the name of the step, where that is how it
    is called. says: what its sentence must contain."""

    points: Decimal | int
    stars: Literal[0, 3, 4, 5] = 0
    tier: str | None = None
    says: str = ""

    __pydantic_config__ = _STRICT


@dataclass(frozen=True)
class Case:
    """One case. A value written as a list is the value, then others that each take its place alone.

    row: where the document says it. values: by indicator number, then the metric's name. all_at: every indicator
    exactly at this star, as the other cases write it. peers: the values of the other units of the batch. otherwise: what the indicator earns with one of those others.
    total 整体不得分: void.
    """

    name: str
    row: str
    values: dict[int | Literal["rating"], dict[str, Any]] = field(default_factory=dict)
    all_at: Literal[3, 4, 5] | None = None
    satisfaction: Any = "未知"
    expected: dict[int, Outcome] = field(default_factory=dict)
    otherwise: Outcome | None = None
    total: Decimal | int | Literal["整体不得分"] | None = None
    star: str | None = None
    vetoed_by: tuple[str, ...] | None = None
    may_be_void: bool | None = None
    peers: tuple[dict[int, dict[str, Any]], ...] = ()

    __pydantic_config__ = _STRICT

    def __post_init__(self) -> None:
        if not (self.expected or self.total is not None or self.star):
            raise ValueError("a case expects something: expected, total or star")
        if (self.otherwise is not None) is not any(isinstance(raw, list) for _, _, raw in self.written()):
            raise ValueError("'otherwise' and a list of values belong together")
        if self.otherwise is not None and len(self.expected) != 1:
            raise ValueError("'otherwise' needs exactly one indicator under 'expected'")

    def written(self) -> Iterator[tuple[str, str, Any]]:
        """Indicator number, metric and value as they stand."""
        for number, metrics in self.values.items():
            for metric, raw in metrics.items():
                yield str(number), metric, raw

    def main(self) -> Values:
        """The values the case is about: the first of every list."""
        found: Values = {}
        for number, metric, raw in self.written():
            found.setdefault(number, {})[metric] = plain(raw[0] if isinstance(raw, list) else raw)
        return found

    def others(self) -> Iterator[tuple[str, str, Any]]:
        """Each further value of each list: it alone takes the place of the first."""
        for number, metric, raw in self.written():
            for other in raw[1:] if isinstance(raw, list) else ():
                yield number, metric, plain(other)


@dataclass(frozen=True)
class File:
    """The cases of one rulebook, or of a part of it."""

    rulebook: str
    cases: tuple[Case, ...]

    __pydantic_config__ = _STRICT


@dataclass(frozen=True)
class Side:
    """What one text of a reading gives. values: as they are entered by it, beside those of the pair."""

    values: dict[int | Literal["rating"], dict[str, Any]] = field(default_factory=dict)
    satisfaction: Any = None
    points: Decimal | int | None = None
    stars: Literal[0, 3, 4, 5] = 0
    total: Decimal | int | Literal["整体不得分"] | None = None
    star: str | None = None

    __pydantic_config__ = _STRICT


@dataclass(frozen=True)
class Pair:
    """One fact, and what it earns by each text of a reading; row: where the document says it, 注 for the stars."""

    reading: str
    row: str
    fact: str
    reads: Side
    alternative: Side
    values: dict[int | Literal["rating"], dict[str, Any]] = field(default_factory=dict)
    all_at: Literal[3, 4, 5] | None = None
    peers: tuple[dict[int, dict[str, Any]], ...] = ()
    satisfaction: Any = "未知"

    __pydantic_config__ = _STRICT

    def case(self, side: Side, number: int | None) -> Case:
        """The fact by one of the texts, as a case of the rulebook so read."""
        values = {
            key: {**self.values.get(key, {}), **side.values.get(key, {})} for key in {**self.values, **side.values}
        }
        expected = {number: Outcome(side.points, side.stars)} if number is not None and side.points is not None else {}
        figure = self.satisfaction if side.satisfaction is None else side.satisfaction
        return Case(self.fact, self.row, values, self.all_at, figure, expected, total=side.total, star=side.star)


@dataclass(frozen=True)
class Pairs:
    """The readings of one rulebook."""

    rulebook: str
    pairs: tuple[Pair, ...]

    __pydantic_config__ = _STRICT


@cache
def pairs() -> dict[str, Pairs]:
    """Every file of pairs by its name."""
    return _read(FOLDER / "readings", Pairs)


@cache
def files() -> dict[str, File]:
    """Every file of cases by its name. Raises DefinitionError with file, line and key."""
    return _read(FOLDER, File)


def _read(folder: Path, shape: Any) -> dict[str, Any]:
    return {
        path.name: load_text(path.read_text(encoding="utf-8"), shape, str(path), kept=True).value
        for path in sorted(folder.glob("*.yaml"))
    }


def plain(raw: Any) -> Any:
    """A value as `score` takes it: 80% is a share, 未知 is null, 不适用:原因 is not applicable."""
    if isinstance(raw, dict):
        return {part: plain(value) for part, value in raw.items()}
    if not isinstance(raw, str):
        return raw
    if raw == "未知":
        return None
    if raw.startswith(NOT_APPLICABLE):
        return {"not_applicable": raw.removeprefix(NOT_APPLICABLE)}
    return Decimal(raw.removesuffix("%")) / 100 if raw.endswith("%") else raw


def values_at(rulebook: str, stars: int) -> Values:
    """Every indicator exactly at one star, by the first case that expects it."""
    found: Values = {}
    for file in files().values():
        for case in file.cases if file.rulebook == rulebook else ():
            for number, outcome in case.expected.items():
                if outcome.stars == stars and set(case.values) == {number}:
                    found.setdefault(str(number), case.main()[str(number)])
    return found


def differences(case: Case, book: Rulebook) -> list[str]:
    """Everything in which the engine departs from the case, as sentences."""
    at_star = values_at(book.id, case.all_at) if case.all_at else {}
    figure = plain(case.satisfaction)
    satisfaction = None if figure is None else Satisfaction(float(figure))
    card = score(book, beside(case, book, at_star | case.main()), satisfaction)
    rows = {row.indicator.number: row for row in card.indicators}
    found = [text for number, outcome in case.expected.items() for text in _of_indicator(rows[number], outcome)]
    total = "整体不得分" if card.total is None else card.total
    for what, expected, got in (
        ("total", case.total, total),
        ("star", case.star, card.star_level),
        ("vetoed_by", case.vetoed_by, card.vetoed_by),
        ("may_be_void", case.may_be_void, card.may_be_void),
    ):
        if expected is not None and expected != got:
            found.append(f"{what}: expected {expected}, the engine says {got}")
    for number, metric, other in case.others():
        indicator = book.indicator(next(iter(case.expected)))
        assert indicator is not None
        assert case.otherwise is not None
        supplied = read_values(book, beside(case, book, {number: case.main()[number] | {metric: other}}))
        for text in _of_indicator(score_indicator(indicator, supplied, satisfaction), case.otherwise):
            found.append(f"with {metric} = {other}: {text}")
    return found


def beside(case: Case, book: Rulebook, values: Values) -> Values:
    """The values as they are scored in a batch with those of the case's peers."""
    others = {
        str(place): {str(n): {m: plain(raw) for m, raw in row.items()} for n, row in peer.items()}
        for place, peer in enumerate(case.peers)
    }
    return among_peers(book, {"": values} | others)[""] if others else values


def _of_indicator(row: IndicatorScore, outcome: Outcome) -> Iterator[str]:
    number = row.indicator.number
    named = row.tier is not None and row.tier.name != ""
    stars, tier = 0 if named else row.stars or 0, row.tier.name if row.tier and outcome.tier is not None else None
    if (stars, tier, row.points) != (outcome.stars, outcome.tier, outcome.points):
        yield (
            f"indicator {number}: expected {outcome.tier or outcome.stars} stars and {outcome.points} points, "
            f"the engine says {tier or stars} and {row.points} ({row.why})"
        )
    if outcome.says not in row.why:
        yield f"indicator {number}: its sentence lacks '{outcome.says}': {row.why}"


def book_of(file: File) -> Rulebook:
    return load_rulebook(file.rulebook)
