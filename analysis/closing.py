"""What a plan says of the close: the moment, the rule by which it may be put off, and who may look before it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from pydantic import ConfigDict

from wording import Refusal

_STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True)
class Extension:
    """How often, and by how many days each time, the close is put off where a county is under its minimum. times 0: never."""

    times: int = 1
    days: int = 7

    __pydantic_config__ = _STRICT

    def __post_init__(self) -> None:
        if not 0 <= self.times <= 4 or not 1 <= self.days <= 60:
            raise Refusal("plans.extension_bounds")


@dataclass(frozen=True)
class Closing:
    """at: the closing moment with its offset from UTC, as '2026-03-31T18:00+08:00'; the lock writes the survey's own where
    none stands there. seen_by: accounts that may see the official figure before it. settling_days: how long after it
    answers that were finished before it may still arrive, at most.

    >>> Closing("2026-03-31T18:00+08:00").moment.isoformat()
    '2026-03-31T18:00:00+08:00'
    """

    at: str = ""
    extension: Extension = field(default_factory=Extension)
    seen_by: tuple[str, ...] = ()
    settling_days: int = 7

    __pydantic_config__ = _STRICT

    def __post_init__(self) -> None:
        if not 0 <= self.settling_days <= 30:
            raise Refusal("plans.settling_bounds")
        if self.at:
            try:
                moment = datetime.fromisoformat(self.at)
            except ValueError as error:
                raise Refusal("plans.closing_moment", said=self.at[:40]) from error
            if moment.tzinfo is None:
                raise Refusal("plans.closing_moment", said=self.at[:40])

    @property
    def moment(self) -> datetime | None:
        return datetime.fromisoformat(self.at) if self.at else None
