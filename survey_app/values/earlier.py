"""What an earlier period stored of a metric that a change is measured from: offered for the box, never put in for anybody."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from analysis.scoring.rulebook import Metric
from analysis.scoring.values import StoredValue, Value, as_stored, read_value
from survey_app.models import Area, Period, db
from survey_app.values.entry import Place
from survey_app.values.reading import stored_of
from survey_app.values.readings import readings_in

_YEAR = re.compile(r"(\d{4})(.*)")


@dataclass(frozen=True)
class Earlier:
    """period: its code. value: as the present metric would store it. accepted: whether a verifier took it then."""

    period: str
    value: StoredValue
    accepted: bool


def period_before(period: Period, years: int) -> Period | None:
    """That of the same name so many years before (2030H1 → 2029H1), where there was one."""
    found = _YEAR.fullmatch(period.code)
    return db.session.get(Period, f"{int(found[1]) - years:04d}{found[2]}") if found else None


def earlier_each(period: Period, areas: Iterable[Area]) -> dict[int, dict[tuple[str, str], Earlier]]:
    """Area id -> (indicator, metric) -> what an earlier period has for it, of an indicator and metric called the same then."""
    held, asked = readings_in(period), defaultdict[int, list[Area]](list)
    for area in areas:
        for years in {years for _of, years in held.rulebook(period.rulebook_of(area)).looks_back.values()}:
            asked[years].append(area)
    found: dict[int, dict[tuple[str, str], Earlier]] = defaultdict(dict)
    for years, listed in asked.items():
        then = period_before(period, years)
        if then is None:
            continue
        rated = [area for area in listed if then.rulebook_of(area)]
        stored, books = stored_of(then, rated), readings_in(then)
        for area in rated:
            book, old = held.rulebook(period.rulebook_of(area)), books.rulebook(then.rulebook_of(area))
            values, accepted = stored.values(area), stored.accepted(area)
            for (number, key), (of, back) in book.looks_back.items():
                item, was = book.indicator(number), old.indicator(number)
                if item is None or was is None or back != years or was.name != item.name:
                    continue
                into, source = item.metric(key), was.metric(of)
                now = item.metric(of)
                if into is None or source is None or now is None or (source.name, source.unit) != (now.name, now.unit):
                    continue
                value = _as(source, into, values.get(str(number), {}).get(of))
                if value is not None:
                    found[area.id][str(number), key] = Earlier(then.code, value, str(number) in accepted)
    return dict(found)


def earlier_of(place: Place) -> dict[str, Earlier]:
    """Metric -> the same, of one indicator."""
    found = earlier_each(place.period, [place.area]).get(place.area.id, {})
    return {metric: one for (indicator, metric), one in found.items() if indicator == place.indicator}


def _as(source: Metric, into: Metric, stored: StoredValue) -> StoredValue:
    """A stored value of one metric as the other takes it: of a ratio its share where no parts are asked; None where it
    is not known, does not apply or cannot be read."""
    try:
        value = read_value(source, stored)
        if value.parts is not None and into.ratio_of is None:
            value = Value(value.known)
        return None if value.known is None else as_stored(replace(value, confirmed=""))
    except ValueError:
        return None
