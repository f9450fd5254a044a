"""Outcome rates of a sample: response, cooperation, refusal and contact rates from final dispositions.

AAPOR, Standard Definitions: Final Dispositions of Case Codes and Outcome Rates for Surveys, 10th edition (2023).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

from wording import Refusal

GROUPS = (
    "complete",
    "partial",
    "refusal",
    "non_contact",
    "other",
    "unknown_household",
    "unknown_other",
    "not_eligible",
)


@dataclass(frozen=True)
class Outcomes:
    """Numbers of cases: AAPOR's I, P, R, NC, O, UH, UO, and the cases found not to be eligible."""

    complete: float = 0
    partial: float = 0
    refusal: float = 0
    non_contact: float = 0
    other: float = 0
    unknown_household: float = 0
    unknown_other: float = 0
    not_eligible: float = 0

    def __post_init__(self) -> None:
        if any(getattr(self, field.name) < 0 for field in fields(self)):
            raise Refusal("analysis.number_cases_never_below")

    @property
    def interviews(self) -> float:
        """I + P."""
        return self.complete + self.partial

    @property
    def eligible(self) -> float:
        """Known to be eligible: (I + P) + (R + NC + O)."""
        return self.interviews + self.refusal + self.non_contact + self.other

    @property
    def unknown(self) -> float:
        """UH + UO."""
        return self.unknown_household + self.unknown_other

    @property
    def cases(self) -> float:
        """All of them, the ineligible included."""
        return self.eligible + self.unknown + self.not_eligible


@dataclass(frozen=True)
class Rates:
    """Shares in [0, 1]; None where the denominator is empty. e: share of the unknown reckoned to be eligible."""

    e: float | None
    rr1: float | None
    rr2: float | None
    rr3: float | None
    rr4: float | None
    rr5: float | None
    rr6: float | None
    coop1: float | None
    coop2: float | None
    coop3: float | None
    coop4: float | None
    ref1: float | None
    ref2: float | None
    ref3: float | None
    con1: float | None
    con2: float | None
    con3: float | None


def total(outcomes: Iterable[Outcomes]) -> Outcomes:
    """The sum over several sites."""
    found = list(outcomes)
    return Outcomes(**{name: sum(getattr(each, name) for each in found) for name in GROUPS})


def eligibility(outcomes: Outcomes) -> float | None:
    """e by proportional allocation: the eligible share of the cases whose eligibility is known (CASRO)."""
    return _share(outcomes.eligible, outcomes.eligible + outcomes.not_eligible)


def rates(outcomes: Outcomes, e: float | None = None) -> Rates:
    """All rates. `e`: share of the cases of unknown eligibility taken to be eligible; None: by `eligibility`.

    RR1 = I / ((I+P) + (R+NC+O) + (UH+UO)); RR3 weighs UH+UO by e; RR5 leaves them out; RR2, RR4 and RR6 count P with
    I.  COOP1 = I / ((I+P)+R+O), COOP3 without O; COOP2 and COOP4 count P.  REF1..3 = R over the denominators of RR1,
    RR3, RR5.  CON1..3 = ((I+P)+R+O) over the same.  Raises ValueError where e lies outside [0, 1].
    """
    if e is not None and not 0 <= e <= 1:
        raise Refusal("analysis.e_share_one_between")
    e = eligibility(outcomes) if e is None else e
    all_cases = outcomes.eligible + outcomes.unknown
    weighed = None if e is None else outcomes.eligible + e * outcomes.unknown
    asked = outcomes.interviews + outcomes.refusal
    reached = asked + outcomes.other
    return Rates(
        e=e,
        rr1=_share(outcomes.complete, all_cases),
        rr2=_share(outcomes.interviews, all_cases),
        rr3=_share(outcomes.complete, weighed),
        rr4=_share(outcomes.interviews, weighed),
        rr5=_share(outcomes.complete, outcomes.eligible),
        rr6=_share(outcomes.interviews, outcomes.eligible),
        coop1=_share(outcomes.complete, reached),
        coop2=_share(outcomes.interviews, reached),
        coop3=_share(outcomes.complete, asked),
        coop4=_share(outcomes.interviews, asked),
        ref1=_share(outcomes.refusal, all_cases),
        ref2=_share(outcomes.refusal, weighed),
        ref3=_share(outcomes.refusal, outcomes.eligible),
        con1=_share(reached, all_cases),
        con2=_share(reached, weighed),
        con3=_share(reached, outcomes.eligible),
    )


def _share(part: float, whole: float | None) -> float | None:
    return part / whole if whole else None
