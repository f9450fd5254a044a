"""Two people for what one alone may not do: one states it with a reason and its source, another confirms it.

Two people are two accounts, never two roles: whoever stated it is refused as the second, whatever roles he holds. A
subject adds a kind:

    KIND = Kind("plan", carry_out)                          # carry_out(statement): does it; a Refusal stops it
    two_persons.add(KIND)                                   # in a module that the pages import
    state("plan", "survey:mou-2026", content, reason, handed_in(form.file.data), by)     # files/handed.py
    confirm(statement, by)                                  # carries it out in the same transaction

and beside its pages `shows(Shown("plan", …))` of `console/two_persons.py`: that is all for the one page, the press, and the
list on the home page with those who may confirm it (office/pages/two_persons.py). Statements never change; their steps stand in `sign_off`
under `kind:id`, and every one in the audit trail. Nothing that collects answers may wait for a statement. The caller
commits.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from survey_app.ground import sign_off
from survey_app.ground.sign_off import APPROVED, PROPOSED, RETURNED, WITHDRAWN, SignOffError
from survey_app.ground.uploads import Handed
from survey_app.models import Statement, db

MOST_REASON = 500  # characters


@dataclass(frozen=True)
class Kind:
    """carry_out: does what was stated, checked anew; raises a Refusal where that is no longer so. needs_source: a file.
    afterwards: what follows once that is committed (a job)."""

    name: str
    carry_out: Callable[[Statement], None]
    needs_source: bool = True
    afterwards: Callable[[Statement], None] | None = None


KINDS: dict[str, Kind] = {}


def add(kind: Kind) -> None:
    """Make a kind known."""
    KINDS[kind.name] = kind


def state(
    kind: str, about: str, content: Mapping[str, object], reason: str, source: Handed | None, by: str
) -> Statement:
    """The first person's part; who calls has checked the content. Raises SignOffError."""
    reason = reason.strip()
    if not reason:
        raise SignOffError("ground.statement_needs_reason")
    if len(reason) > MOST_REASON:
        raise SignOffError("ground.statement_reason_long", most=MOST_REASON)
    if source is None and KINDS[kind].needs_source:
        raise SignOffError("ground.statement_needs_source")
    made = Statement(
        kind=kind, about=about, content=dict(content), reason=reason, by=by,
        file_digest=source.digest if source else None, file_name=source.name if source else "",
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    told = {"about": about, "file": made.file_name, "file_digest": made.file_digest}
    sign_off.take_step(made.subject, PROPOSED, by, reason, told)
    return made


def confirm(statement: Statement, by: str) -> None:
    """The second person's one press: signed and carried out, or neither. Raises SignOffError, or the kind's refusal."""
    sign_off.take_step(statement.subject, APPROVED, by, "", {"about": statement.about}, silent=True)
    KINDS[statement.kind].carry_out(statement)


def turn_down(statement: Statement, by: str, comment: str) -> None:
    """Send it back, as the second person; whoever stated it withdraws it. Raises SignOffError."""
    step = WITHDRAWN if by == statement.by else RETURNED
    if sign_off.standing(statement.subject).state != PROPOSED:  # what was carried out stays
        raise SignOffError("ground.somebody_faster_reload_page")
    sign_off.take_step(statement.subject, step, by, comment, {"about": statement.about}, silent=step == WITHDRAWN)


def waiting() -> list[Statement]:
    """What waits for its second person, the oldest first."""
    return [one for one, now in _with_state(select(Statement).where(Statement.kind.in_(KINDS))) if now == PROPOSED]


def of(about: str, kind: str = "", only: str = "") -> list[Statement]:
    """Statements about one thing, the oldest first; of one kind and in one state, where they are named."""
    return of_each([about], kind, only)[about]


def of_each(abouts: Collection[str], kind: str = "", only: str = "") -> dict[str, list[Statement]]:
    """What they are about -> `of`, of all in two queries."""
    found: dict[str, list[Statement]] = {about: [] for about in abouts}
    query = select(Statement).where(Statement.about.in_(found))
    for one, now in _with_state(query.where(Statement.kind == kind) if kind else query):
        if only in ("", now):
            found[one.about].append(one)
    return found


def _with_state(query: Any) -> list[tuple[Statement, str]]:
    found = list(db.session.scalars(query.order_by(Statement.id)))
    states = sign_off.states([one.subject for one in found])
    return [(one, states.get(one.subject, "")) for one in found]
