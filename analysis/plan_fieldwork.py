"""What a plan says of how answers are brought in: columns of a file, and what was left to chance. Beside the figure only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import ConfigDict

from wording import Refusal


@dataclass(frozen=True)
class Fieldwork:
    """Nothing here enters a figure. attempt, arrived, interviewer: columns of a file with the attempt at which an answer
    came, when it came (few levels: weeks, or early and late) and who brought it; a stored survey knows the last two itself.

    shares 'random': each site's persons are shared among its interviewers by chance, so that what these add can be told
    from whom they met.  modes 'random': persons are allotted to ways of answering by chance, so that how they are asked
    can be told from who they are.
    """

    attempt: str | None = None
    arrived: str | None = None
    interviewer: str | None = None
    shares: Literal["random"] | None = None
    modes: Literal["random"] | None = None

    __pydantic_config__ = ConfigDict(extra="forbid")

    def __post_init__(self) -> None:
        if len(set(self.columns)) < len(self.columns) or "" in self.columns:
            raise Refusal("plans.fieldwork_columns_differ")

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(name for name in (self.attempt, self.arrived, self.interviewer) if name is not None)
