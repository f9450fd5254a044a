"""What a file of scenarios says: how people might answer, who might stay away, and what fieldwork costs."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from pydantic import ConfigDict

from wording import Refusal

Number = int | Decimal
OTHERS = "others"  # of a list by county: all that it does not name
MOST_SURVEYS = 100_000
_STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True)
class Response:
    """Chance that an invited person answers, by whether satisfied or not; each in (0, 1]."""

    satisfied: Number
    dissatisfied: Number

    __pydantic_config__ = _STRICT

    def __post_init__(self) -> None:
        if not (0 < self.satisfied <= 1 and 0 < self.dissatisfied <= 1):
            raise Refusal("scenarios.response_between")


@dataclass(frozen=True)
class Scenario:
    """One truth. satisfied: share, one for all or by county, with `others`. icc: correlation of two persons of a site.

    response: one chance for all, or by satisfaction.
    """

    satisfied: Number | dict[str, Number]
    icc: Number = Decimal("0.05")
    response: Number | Response = 1

    __pydantic_config__ = _STRICT

    def __post_init__(self) -> None:
        shares = self.satisfied.values() if isinstance(self.satisfied, dict) else (self.satisfied,)
        if not shares or any(not 0 < share < 1 for share in shares):
            raise Refusal("scenarios.share_between")
        if not 0 <= self.icc < 1:
            raise Refusal("scenarios.icc_between")
        if not isinstance(self.response, Response) and not 0 < self.response <= 1:
            raise Refusal("scenarios.response_between")

    def share_of(self, county: str) -> float:
        """The share satisfied in a county. Raises Refusal where the scenario does not say it."""
        if not isinstance(self.satisfied, dict):
            return float(self.satisfied)
        found = self.satisfied.get(county, self.satisfied.get(OTHERS))
        if found is None:
            raise Refusal("scenarios.county_missing", county=county)
        return float(found)

    @property
    def chances(self) -> tuple[float, float]:
        """Of the satisfied and of the dissatisfied to answer."""
        if isinstance(self.response, Response):
            return float(self.response.satisfied), float(self.response.dissatisfied)
        return float(self.response), float(self.response)


@dataclass(frozen=True)
class Cost:
    """In any currency, each at least 0: of a site, of an invitation sent, of an answer that came."""

    site: Number = 0
    invitation: Number = 0
    answer: Number = 0

    __pydantic_config__ = _STRICT

    def __post_init__(self) -> None:
        if min(self.site, self.invitation, self.answer) < 0:
            raise Refusal("scenarios.cost_negative")


@dataclass(frozen=True)
class Scenarios:
    """surveys: drawn of each scenario. seed: with it the same surveys come again."""

    scenarios: dict[str, Scenario]
    surveys: int = 500
    seed: int = 1
    cost: Cost = field(default_factory=Cost)

    __pydantic_config__ = _STRICT

    def __post_init__(self) -> None:
        if not self.scenarios:
            raise Refusal("scenarios.none")
        if not 20 <= self.surveys <= MOST_SURVEYS:
            raise Refusal("scenarios.surveys_between", most=MOST_SURVEYS)
        if self.seed < 0:
            raise Refusal("scenarios.seed_negative")
