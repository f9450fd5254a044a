"""What is read of indicator values: present, verified, outstanding."""

from __future__ import annotations

import pytest

from analysis.scoring import load_rulebook
from survey_app.models import Area, IndicatorEntry, IndicatorValue, Period, db
from survey_app.values.assignments import Choice, assign
from survey_app.values.periods import period_of
from survey_app.values.reading import present_values, stored_of, unverified, verified_values
from tests.support.city import small_city

COUNTY = "jining-2023-county"


@pytest.fixture
def county(sqlite_app) -> Area:
    small_city()
    return db.session.query(Area).filter_by(name="甲县").one()


def store(county: Area, indicator: str, metric: str, value: object, state: str = "", period: str = "2023") -> None:
    key = {"area": county, "rulebook_id": COUNTY, "indicator": indicator, "period": period}
    db.session.add(IndicatorValue(metric=metric, value=value, **key))
    if state:
        db.session.add(IndicatorEntry(state=state, **key))
    db.session.commit()


def test_only_accepted_indicators_are_verified_and_the_rest_is_listed_with_its_department(county):
    assign(county, COUNTY, [Choice(str(n), ("行政审批局",), (), False, 0) for n in (1, 2, 3, 4, 5)])
    store(county, "1", "online", 0.9, "accepted")
    store(county, "2", "through", 0.8, "submitted")
    store(county, "3", "exempt_count", 300, "returned")
    store(county, "4", "apps", 6)
    store(county, "7", "online", 0.5)
    assert present_values(county, COUNTY)["2"] == {"through": 0.8}
    assert verified_values(county, COUNTY, "2023") == {"1": {"online": 0.9}}
    left = {
        row.indicator: row for row in unverified(county, load_rulebook(COUNTY), stored_of(period_of("2023"), [county]))
    }
    assert [left[n].state for n in ("2", "3", "4", "5", "7")] == [
        "submitted", "returned", "draft", "missing", "unassigned",
    ]  # fmt: skip
    assert left["3"].leads == ("行政审批局",)
    assert left["3"].missing == ("免提交证明事项占比",)
    assert not {"1", "38", "rating"} & set(left)


def test_each_period_has_values_of_its_own_and_the_newest_open_one_is_the_present(county):
    store(county, "1", "online", 0.9)
    db.session.add(Period(code="2025H1", city_rulebook="jining-2023-municipal", county_rulebook=COUNTY))
    store(county, "1", "online", 0.95, period="2025H1")
    assert present_values(county, COUNTY) == {"1": {"online": 0.95}}
    assert present_values(county, COUNTY, "2023") == {"1": {"online": 0.9}}
    db.session.get(Period, "2025H1").state = "closed"
    assert present_values(county, COUNTY) == {"1": {"online": 0.9}}


def test_a_declared_condition_of_the_rating_must_be_accepted_too(county):
    store(county, "rating", "national_benchmark", True)
    assert "rating" in {
        row.indicator for row in unverified(county, load_rulebook(COUNTY), stored_of(period_of("2023"), [county]))
    }
