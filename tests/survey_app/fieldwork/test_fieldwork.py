"""The fieldwork's numbers: from the rollup, in the survey's own days, with a stated projection."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from sqlalchemy import insert, select

from survey_app.answering import form_counts
from survey_app.answering.definitions import definition_of
from survey_app.answering.drafts import save_draft
from survey_app.answering.open_sites import find_site
from survey_app.fieldwork.progress import fieldwork_now, median_minutes
from survey_app.fieldwork.projection import project
from survey_app.models import Response, Site, db, every_table
from tests.support.city import small_city

SHANGHAI = ZoneInfo("Asia/Shanghai")
AT = datetime(2026, 3, 12, 4, 30, tzinfo=UTC)  # half past twelve in Shanghai


def respond(site: Site, finished: datetime, number: int = 1, minutes: float = 3.2, **more: object) -> None:
    row = {
        "survey_id": site.survey_id, "site_id": site.id, "questionnaire_id": site.survey.questionnaire_id,
        "state": "complete", "mode": "web", "language": "zh", "answers": {}, "probability": site.probability,
        "psu": site.code, "started_at": finished - timedelta(minutes=minutes), "finished_at": finished,
        "site_county": site.area.name, "demo": False,
    } | more  # fmt: skip
    rows = []
    for _ in range(number):
        respond.made += 1
        rows.append(row | {"submission_key": f"k{respond.made}", "receipt": f"r{respond.made}"})
    db.session.execute(insert(Response), rows)


respond.made = 0


@pytest.fixture
def survey(app):
    return small_city(opens_at=AT - timedelta(days=10), closes_at=AT + timedelta(days=10))


def sites_of(survey) -> list[Site]:
    return list(db.session.scalars(select(Site).where(Site.survey_id == survey.id).order_by(Site.id)))


def test_days_are_those_of_the_surveys_zone_and_silence_counts_from_its_midnight(survey):
    first, second, venue = sites_of(survey)
    respond(first, datetime(2026, 3, 11, 15, 59, tzinfo=UTC))  # a minute before midnight in Shanghai
    respond(second, datetime(2026, 3, 11, 16, 1, tzinfo=UTC), 2)
    respond(venue, datetime(2026, 3, 12, 4, 10, tzinfo=UTC))
    db.session.commit()
    now = fieldwork_now(survey, [first, second, venue], AT)
    assert [(part.start.date(), part.sampled, part.others) for part in now.days] == [
        (date(2026, 3, 11), 1, 0),
        (date(2026, 3, 12), 2, 1),
    ]
    assert now.today == 3
    assert [line.site.code for line in now.silent] == [first.code]
    assert (now.hours[-1].start.hour, now.hours[-1].others, len(now.hours)) == (12, 1, 48)
    survey.state = "paused"
    assert fieldwork_now(survey, [first], AT).silent == ()


def test_progress_by_site_and_county_parts_what_is_not_of_the_sample(survey):
    first, second, venue = sites_of(survey)
    respond(first, AT, 5)
    respond(first, AT, 2, state="screened_out")
    respond(first, AT, 1, state="voided")
    respond(first, AT, 1, probability=False)
    respond(first, AT, 2, flagged=True, minutes=9.0)
    respond(venue, AT, 3)
    db.session.commit()
    now = fieldwork_now(survey, [first, second, venue], AT)
    line = now.sites[0]
    assert (line.sampled, line.others, line.screened_out, line.voided, line.flagged) == (7, 1, 2, 1, 2)
    assert (line.share, line.flagged_share, now.sites[2].target, now.total.target) == (7 / 20, 2 / 8, 0, 40)
    assert {county.name: county.complete for county in now.counties} == {"甲县": 8, "乙县": 0, "甲县新区": 3}
    only = fieldwork_now(survey, [second], AT)
    assert (only.total.complete, only.days) == (0, ())


def test_the_median_from_classes_lies_near_that_of_the_times(survey):
    first = sites_of(survey)[0]
    times = np.random.default_rng(1).gamma(6, 32 / 60, 400)
    for minutes in times:
        respond(first, AT, minutes=float(minutes))
    respond(first, AT, 300, minutes=0.1, mode="phone")  # a clerk's keying says nothing
    db.session.commit()
    now = fieldwork_now(survey, sites_of(survey), AT)
    assert now.total.minutes == pytest.approx(float(np.median(times)), abs=0.15)
    assert median_minutes([0] * 13) is None
    assert median_minutes([0] * 12 + [5]) == 60


def test_the_projection_is_the_prediction_interval_of_a_sum_of_days():
    at = datetime(2026, 3, 12, 12, tzinfo=SHANGHAI)
    counts = {date(2026, 3, 11 - back): number for back, number in enumerate((10, 14, 12, 9, 15, 12, 12))}
    found = project(200, counts | {date(2026, 3, 12): 5}, date(2026, 3, 1), at, at + timedelta(days=4))
    assert (found.per_day, found.days, found.left, found.expected) == (12, 7, 4, 248)
    spread = np.std([10, 14, 12, 9, 15, 12, 12], ddof=1) * np.sqrt(4 + 16 / 7)
    assert (found.upper - found.expected) / spread == pytest.approx(1.9432, abs=1e-4)  # t, 6 df, 95 %
    assert project(5, counts, date(2026, 3, 9), at, at + timedelta(days=4)) is None  # two whole days
    assert project(5, {}, date(2026, 3, 1), at, at + timedelta(days=4)).lower == 5


def test_the_projection_covers_what_comes_as_often_as_it_says():
    """2,000 surveys with independent Poisson days: a 90 % interval holds the end total in 88 to 92 of 100."""
    generator, at = np.random.default_rng(7), datetime(2026, 3, 12, tzinfo=SHANGHAI)
    held = 0
    for _ in range(2000):
        days = generator.poisson(30, 7)
        counts = {date(2026, 3, 11 - back): int(number) for back, number in enumerate(days)}
        found = project(100, counts, date(2026, 3, 1), at, at + timedelta(days=5))
        held += found.lower <= 100 + generator.poisson(30, 5).sum() <= found.upper
    assert held / 2000 == pytest.approx(0.90, abs=0.02)


def test_forms_are_counted_by_day_and_question_and_nothing_tells_who(app, client):
    survey = small_city()
    client.get("/s/aaa2222")
    page = client.get("/s/aaa2222").get_data(as_text=True)
    token = page.split('name="token" value="')[1].split('"')[0]
    assert client.post("/s/aaa2222", data={"token": token, "home": "甲县"}).status_code == 422
    for question in ("overall", "overall", "nonsense"):
        assert client.post("/s/aaa2222/left", data={"q": question}).status_code == 204
    assert client.post("/s/zzz/left", data={"q": "overall"}).status_code == 204
    form_counts.write()
    site = find_site("aaa2222")
    for key, answers in (("a", {"home": ["甲县"], "age": ["30-44"]}), ("b", {"overall": [""]})):
        save_draft(site, answers, key, AT)
    db.session.commit()
    found = form_counts.events(survey, sites_of(survey), definition_of(survey))
    assert (found.opened, found.refused, found.left, found.drafts) == (2, 1, 2, 1)
    by_key = {each.key: (each.left, each.drafts, each.wrong) for each in found.questions}
    assert (by_key["overall"], by_key["age"]) == ((2, 0, 1), (0, 1, 1))
    assert "home" not in by_key
    form_counts.write()  # nothing is counted twice
    other = [site for site in sites_of(survey) if site.code != "aaa2222"]
    assert form_counts.events(survey, other, definition_of(survey)).opened == 0
    assert {column.name for column in every_table().tables["form_count"].columns} == {
        "site_id", "day", "event", "question", "number",
    }  # fmt: skip
