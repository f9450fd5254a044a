"""What citizens feel of a field beside what the rulebook counts for it, from a run's services and stored values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
from sqlalchemy import func, select

from analysis.documents.estimate import EstimateDocument
from analysis.documents.kept import AreaShares, PointsDocument
from analysis.documents.services import (
    AreaServiceRow,
    CityGapDocument,
    CountyGapsDocument,
    CovarianceDocument,
    PerceptionGapDocument,
    ServiceName,
    ServiceRow,
    ServicesDocument,
)
from analysis.errors import AnalysisError
from analysis.perception_gap import across_counties, within_city
from analysis.plan import Plan
from analysis.scoring import load_rulebook, score
from analysis.scoring.scorecard import Scorecard
from survey_app.estimates.area_satisfaction import satisfaction_of
from survey_app.ground.rulebooks import programme_for
from survey_app.models import Survey, Ticket, db
from survey_app.values.periods import current_period
from survey_app.values.reading import stored_values, with_peers_each
from survey_app.values.rulebooks import rated_areas
from survey_app.values.same_indicators import numbers_in
from wording import english

SEED = 20230710
LEAST_USERS = 30


def points_detail(survey: Survey, result: EstimateDocument, services: Iterable[ServiceName]) -> PointsDocument:
    """Share of points attained by field, for the city and each county, from the values stored now; and how many
    problems citizens have reported of each field since the survey was made."""
    fields = list(services)
    areas: list[AreaShares] = []
    programme = programme_for(survey.city)
    period = current_period()
    books = {area: load_rulebook(period.rulebook_of(area)) for area in rated_areas(survey.city)}
    compared = with_peers_each({area: (book, stored_values(area, book.id)) for area, book in books.items()})
    for area, rulebook in books.items():
        card = score(rulebook, compared[area], satisfaction_of(area, result))
        shares = {
            service["key"]: _share(card, programme.indicators_of(service["key"], service["indicators"]))
            for service in fields
        }
        known = {key: share for key, share in shares.items() if share is not None}
        areas.append({"level": area.name, "kind": area.kind, "shares": known})
    return {"areas": areas, "tickets": _tickets(survey)}


def gap_of(services: ServicesDocument, points: PointsDocument, plan: Plan) -> PerceptionGapDocument:
    """The city's fields ranked twice, and the counties' residuals (described only, under eight counties)."""
    city = next((area for area in points["areas"] if area["kind"] == "city"), None)
    confidence = float(plan.interval.confidence)
    document: PerceptionGapDocument = {"city": None, "counties": None, "why": [], "tickets": points["tickets"]}
    if city is not None:
        try:
            document["city"] = _city(services, city["shares"], plan)
        except AnalysisError as error:
            document["why"].append(english(error))
    try:
        document["counties"] = _counties(services, points["areas"], confidence)
    except AnalysisError as error:
        document["why"].append(english(error))
    return document


def _city(services: ServicesDocument, shares: Mapping[str, float], plan: Plan) -> CityGapDocument:
    felt = _felt(services["services"])
    keys = [key for key in felt if key in shares]
    joint = _joint(services["covariance"], keys, felt)
    return within_city(
        keys, np.array([felt[key].estimate for key in keys]), joint, np.array([shares[key] for key in keys]),
        SEED, confidence=float(plan.interval.confidence), df=min((felt[key].df for key in keys), default=None),
        method=plan.method,
    )  # fmt: skip


def _counties(services: ServicesDocument, areas: Iterable[AreaShares], confidence: float) -> CountyGapsDocument:
    shares = {area["level"]: area["shares"] for area in areas if area["kind"] == "county"}
    rated = [area for area in services["areas"] if shares.get(area["level"])]
    keys = [row["key"] for row in services["services"]]
    size = (len(rated), len(keys))
    satisfaction, share = np.full(size, np.nan), np.full(size, np.nan)
    joint, df = np.zeros((*size, size[1])), [1]
    for c, area in enumerate(rated):
        felt = _felt(area["services"])
        used = [key for key in keys if key in felt and key in shares[area["level"]]]
        places = [keys.index(key) for key in used]
        satisfaction[c, places] = [felt[key].estimate for key in used]
        share[c, places] = [shares[area["level"]][key] for key in used]
        joint[np.ix_([c], places, places)] = _joint(area["covariance"], used, felt)
        df += [felt[key].df for key in used]
    if not np.isfinite(satisfaction).any():
        raise AnalysisError("analysis.no_county_rated", least=LEAST_USERS)
    names = [area["level"] for area in rated]
    return across_counties(names, keys, satisfaction, joint, share, SEED, confidence=confidence, df=min(df[1:]))


class _Felt(NamedTuple):
    """The share satisfied with one service, where it can be compared."""

    estimate: float
    se: float
    df: int


def _felt(services: Iterable[ServiceRow] | Iterable[AreaServiceRow]) -> dict[str, _Felt]:
    """By key, of the services that enough people have rated."""
    found = {}
    for row in services:
        share, se, df = row["estimate"], row.get("se"), row.get("df") or 0
        if share is not None and se is not None and (row["n"] or 0) >= LEAST_USERS and df >= 1:
            found[row["key"]] = _Felt(share, se, df)
    return found


def _joint(covariance: CovarianceDocument | None, keys: list[str], felt: Mapping[str, _Felt]) -> np.ndarray:
    """Covariance of the services in `keys`; their variances alone where the design gives no more."""
    if covariance is None:
        return np.diag([felt[key].se ** 2 for key in keys])
    places = [covariance["keys"].index(key) for key in keys]
    return np.asarray(covariance["matrix"], dtype=float).reshape(len(covariance["keys"]), -1)[np.ix_(places, places)]


def _share(card: Scorecard, municipal: Iterable[int]) -> float | None:
    """Points over the most there are, of the indicators of a field whose values are known; None where none is."""
    by_number = {row.indicator.number: row for row in card.indicators}
    own = [by_number[number] for number in numbers_in(card.rulebook.id, municipal) if number in by_number]
    known = [row for row in own if row.state == "known" and row.indicator.max_points > 0]
    most = sum(float(row.indicator.max_points) for row in known)
    return sum(float(row.points) for row in known) / most if most > 0 else None


def _tickets(survey: Survey) -> dict[str, int]:
    query = select(Ticket.field, func.count()).where(
        Ticket.city_id == survey.city_id, Ticket.received_on >= survey.created_at.date()
    )
    return {row.field: row[1] for row in db.session.execute(query.group_by(Ticket.field))}
