"""What of the answers to every question may be shown to whom: small groups and whoever falls short of the plan's minimum
stay hidden. A hidden figure is None, and its row has "suppressed": True."""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from analysis.documents.questions import BannerDocument, QuestionDocument
from analysis.suppression import Key, one_way, suppressed, two_way
from survey_app.estimates.answers import RunAnswers
from survey_app.estimates.suppression import Frozen
from survey_app.ground.held import require
from survey_app.ground.stored import detail_of, estimate_of
from survey_app.models import EstimateRun, Grant
from survey_app.surveys.small_cells import least_cell, sees_all

GROUPS = (
    "rated_county",
    "home_county",
    "sex",
    "age_band",
    "mode",
)  # what the questions can be told apart by, besides questions
MOST_READ = 50_000  # responses that a page reads anew
MOST_LEVELS = 15  # groups that fit a table
SHOWS_ALL = 1  # the least cell that hides nothing


@dataclass(frozen=True)
class ShownAnswers:
    """questions: among all; banners: by `column`, [] without one; columns: by which they can be told apart; others: questions
    by which they can be, too, from the responses as they are stored now; hidden: how many figures are not shown, for groups
    of fewer than `least`."""

    questions: list[QuestionDocument]
    banners: list[BannerDocument]
    column: str
    columns: tuple[str, ...]
    others: tuple[str, ...]
    least: int
    hidden: int


def shown_answers(run: EstimateRun, grants: Iterable[Grant], column: str = "") -> ShownAnswers | None:
    """None where the run keeps nothing of its questions; `column` that is none of the table's tells nothing apart."""
    require(run)
    least = SHOWS_ALL if sees_all(grants) else least_cell(run.survey)
    return deepcopy(_shown(Frozen(run), least, column))


@lru_cache(maxsize=32)
def _shown(frozen: Frozen, least: int, column: str) -> ShownAnswers | None:
    run = frozen.taken()
    found = RunAnswers.of(run)
    if found is None:
        return None
    columns = tuple(
        name
        for name, one in found.table.cells.columns.items()
        if (name in GROUPS or name in found.asked) and len(one.levels) > 1
    )
    whole = deepcopy(detail_of(run)["answers"])
    others = _others(run, found, columns)
    banners = found.by(column) if column in columns else found.by_answers_to(column, run) if column in others else []
    for question in whole:
        _protect(question, least)
    for one in banners:
        _protect_banner(one, least)
    measured = next((name for name, asked in found.asked.items() if asked.measured), "")
    _below_minimum(run, measured, whole, banners, column)
    hidden = sum(_blanks(question) for question in whole)
    hidden += sum(_blanks(question) for one in banners for question in one["groups"])
    return ShownAnswers(whole, banners, column if banners else "", columns, others, least, hidden)


def _others(run: EstimateRun, found: RunAnswers, columns: tuple[str, ...]) -> tuple[str, ...]:
    """Questions of few answers by which the run's table tells nothing apart; none where there are too many responses to read."""
    if not 0 < found.table.cells.count.sum() <= MOST_READ:
        return ()
    return tuple(
        name
        for name, counted in found.table.items.items()
        if found.asked[name].kind in ("code", "chosen")
        and 1 < len(counted.levels) <= MOST_LEVELS
        and name not in columns
    )


def _counts(question: QuestionDocument) -> dict[Any, int]:
    """Responses by answer, and by why there is none; they add up to all of them."""
    given: dict[Any, int] = {row["level"]: row["n"] or 0 for row in question["answers"]}
    rest = (question["n"] or 0) - sum(given.values())
    if rest or not given:
        given["other"] = rest
    return given | {("missing", kind): number or 0 for kind, number in question["missing"].items()}


def _protect(question: QuestionDocument, least: int) -> None:
    counts, sums = one_way(_counts(question))
    hidden = suppressed(counts, sums, least)
    if _told_elsewhere(question) and any(row["level"] in hidden for row in question["answers"]):
        hidden = suppressed(counts, sums, least, [row["level"] for row in question["answers"]])
    _hide(question, hidden, whole=())


def _told_elsewhere(question: QuestionDocument) -> bool:
    """Whether its mean and its share of satisfied stand in the estimate too, from which two hidden answers would follow."""
    return any(row["kind"] == "satisfied" for row in question["numbers"])


def _protect_banner(one: BannerDocument, least: int) -> None:
    """Answers by group as one table with its margins."""
    counts = {place: _counts(question) for place, question in enumerate(one["groups"])}
    answers = dict.fromkeys(answer for own in counts.values() for answer in own)
    table = {(answer, place): own.get(answer, 0) for answer in answers for place, own in counts.items()}
    counted, sums = two_way(table)
    hidden, also = suppressed(counted, sums, least), set[Key]()
    while any(map(_told_elsewhere, one["groups"])):  # a group with one answer hidden shows none, and needs complements
        broken = {place for answer, place in table if (answer, place) in hidden}
        all_of_them = {(answer, place) for answer, place in table if place in broken}
        if all_of_them <= also:
            break
        also |= all_of_them
        hidden = suppressed(counted, sums, least, also)
    for place, question in enumerate(one["groups"]):
        own = frozenset(answer for answer in answers if (answer, place) in hidden)
        _hide(question, own | ({()} if ("column", place) in hidden else set()), whole=())
    gone = {
        (row["level"], level)
        for level, question in zip(one["levels"], one["groups"], strict=True)
        for row in question["answers"]
        if row.get("suppressed")
    }
    for mark in one["marks"]:
        if (mark["level"], mark["group"]) in gone:
            mark |= {"difference": None, "p_holm": None, "differs": False}


def _hide(question: QuestionDocument, hidden: frozenset[Key], whole: Key) -> None:
    if whole in hidden or ("other" in hidden and not question["answers"]):
        _blank(question)
        return
    for row in question["answers"]:
        if row["level"] in hidden:
            row |= {"n": None, "estimate": None, "se": None, "lower": None, "upper": None, "suppressed": True}
    if not _told_elsewhere(question) and any(row.get("suppressed") for row in question["answers"]):
        for number in question["numbers"]:  # a mean and the other answers would tell what is hidden
            number |= {"estimate": None, "se": None, "lower": None, "upper": None}
    for kind in question["missing"]:
        if ("missing", kind) in hidden:
            question["missing"][kind] = None
    if any(number is None for number in question["missing"].values()):
        question["responses"] = None


def _blank(question: QuestionDocument) -> None:
    """Nothing but its name and answers."""
    for row in (*question["answers"], *question["numbers"]):
        row |= {"estimate": None, "se": None, "lower": None, "upper": None}
    for answer in question["answers"]:
        answer |= {"n": None, "suppressed": True}
    question |= {"n": None, "responses": None, "df": None, "suppressed": True}
    question["missing"] = dict.fromkeys(question["missing"])


def _below_minimum(
    run: EstimateRun, measured: str, whole: list[QuestionDocument], banners: list[BannerDocument], column: str
) -> None:
    """The measured question has no figure where the run gives none for want of answers."""
    result = estimate_of(run)
    short = {row["level"] for row in result["domains"].get(column, []) if row.get("below_minimum")}
    for question in whole if result["below_minimum"] else ():
        if question["name"] == measured:
            _blank(question)
    for one in banners:
        if one["name"] == measured:
            for level, question in zip(one["levels"], one["groups"], strict=True):
                if level in short or result["below_minimum"]:
                    _blank(question)
            if short or result["below_minimum"]:
                one |= {"F": None, "ndf": None, "ddf": None, "p": None, "p_holm": None, "marks": []}


def _blanks(question: QuestionDocument) -> int:
    return sum(bool(row.get("suppressed")) for row in question["answers"]) or int(bool(question.get("suppressed")))
