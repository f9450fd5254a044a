"""Satisfaction as the stated average of several surveys, with the interval of the average."""

from __future__ import annotations

from decimal import Decimal

from analysis.scoring.rulebook import Rulebook
from analysis.scoring.satisfaction import Satisfaction
from analysis.scoring.values import AreaValues, ValuesError
from wording import Message

EXACT = 1e6  # degrees of freedom where none are stated


def averaged(rulebook: Rulebook, supplied: AreaValues, estimate: Satisfaction | None) -> Satisfaction | None:
    """The figure that the rulebook rates: the estimate itself, or its weighted mean with the other surveys.

    With weights w the standard error is sqrt(sum of (w se)^2), the surveys being independent, with the degrees of freedom of
    Satterthwaite (1946): (sum of (w se)^2)^2 / sum of (w se)^4 / df.  None where one figure is not known; without an error
    where one error is not.
    """
    row = rulebook.satisfaction
    rule = row.satisfaction if row else None
    if row is None or rule is None or not rule.average:
        return estimate
    whole = sum(one.weight for one in rule.average)
    figure, variance, fourth, known = 0.0, 0.0, 0.0, True
    for one in rule.average:
        values = [supplied.of(row.number, key).known for key in (one.of, one.se, one.df)]
        if not one.of:
            if estimate is None:
                return None
            part: tuple[float, float | None, float | None] = (estimate.figure, estimate.se, estimate.df)
        else:
            share, se, df = (None if value is None else float(Decimal(value)) for value in values)
            if share is None:
                return None
            if df is not None and df < 1:
                said = Message("rulebooks.standard_error_cannot_negative")
                raise ValuesError([(str(row.number), one.name, said)])
            part = (share, se, df if one.df else EXACT)
        weight = float(one.weight / whole)
        figure += weight * part[0]
        if part[1] is None or part[2] is None:
            known = False
            continue
        variance += (weight * part[1]) ** 2
        fourth += (weight * part[1]) ** 4 / part[2]
    figure = round(figure, 12)
    if not known:
        return Satisfaction(figure)
    return Satisfaction.from_figure(figure, variance**0.5, variance**2 / fourth if fourth else EXACT)
