"""A city that is not Jining runs on its own programme from nothing to its star: with three counties, and with none."""

from __future__ import annotations

import io
import re
import secrets
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest
from openpyxl import load_workbook
from sqlalchemy import delete, select, update

from analysis.scoring import load_rulebook, score
from analysis.scoring.loading import NoProgrammeError
from analysis.scoring.programme import load_programme
from definitions import digest
from survey_app.answering.open_sites import open_site
from survey_app.answering.submission import submit
from survey_app.estimates.runs import make_run as make_estimate
from survey_app.ground import sign_off
from survey_app.ground.verdicts import rows_told
from survey_app.jobs.queue import Silent
from survey_app.models import Area, IndicatorValue, KeptSetting, Period, ScoringRun, Site, Survey, db
from survey_app.scoring import final_checks, final_runs
from survey_app.scoring.frozen import frozen_of
from survey_app.scoring.runs import score_run
from survey_app.scoring.self_assessment import assess_each
from survey_app.scoring.standing import ranked
from survey_app.surveys.plan_versions import lock_plan
from survey_app.values import programmes
from survey_app.values.periods import current_period
from survey_app.values.programme_archive import from_archive
from survey_app.values.reading import present_values, with_peers, with_peers_each
from tests.support.city import FORM, library_version
from tests.support.office import text_of
from tests.support.people import client_of
from tests.support.programmes import NAME, invented, packed
from tests.support.scoring_city import fill
from tests.support.stored import begins_with

PLAN = """measure: {question: measure, satisfied: [4, 5], scale: [1, 2, 3, 4, 5]}
design: {strata: stratum, psu: psu, weight: base_weight}
domains: [rated_county, sex]
singleton: adjust
respondents: {by: posters, exception: 本次只张贴海报。}
"""
CITY = "江城市"


def new_installation() -> None:
    """As `minyi db upgrade` leaves an empty database: no programme is chosen."""
    db.session.execute(delete(KeptSetting))
    db.session.execute(update(Period).values(programme="", city_rulebook="", county_rulebook=""))
    db.session.commit()


def begun(counties: tuple[str, ...], sites: int = 3) -> Survey:
    """The city, its counties, and an open survey of which nobody has locked the plan."""
    db.session.execute(update(Period).values(asks_official=False))
    city = Area(code="2", name=CITY, kind="city", name_en="Jiangcheng", residents=90_000)
    places = [
        Area(code=f"2{n}", name=name, kind="county", parent=city, residents=30_000) for n, name in enumerate(counties)
    ]
    db.session.add_all([city, *places])
    moment = datetime.now(UTC)
    survey = Survey(
        code="jiang", title="江城居民感受", state="open", city=city, plan=PLAN, plan_digest=digest(PLAN),
        opens_at=moment - timedelta(days=1), closes_at=moment + timedelta(days=9), questionnaire=library_version(),
    )  # fmt: skip
    survey.sites = [
        Site(code=f"{secrets.token_hex(2)}{n}{k}", name=f"{area.name}{k}号点", kind="community", area=area, probability=True,
             stratum=area.name, base_weight=100.0, target=20)
        for n, area in enumerate(places or [city]) for k in range(sites)
    ]  # fmt: skip
    db.session.add(survey)
    db.session.commit()
    return survey


def answered(survey: Survey, number: int = 12) -> None:
    r = np.random.default_rng(3)
    for site in survey.sites:
        view = open_site(site)
        for _ in range(number):
            form = {**FORM, "home": [site.area.name], "overall": [str(r.choice([3, 4, 5], p=[0.2, 0.5, 0.3]))]}
            submit(view, form, secrets.token_hex(8), "zh", datetime.now(UTC) - timedelta(minutes=2))


def settled(survey: Survey):
    """From answers and values to an approved final run."""
    for area in db.session.scalars(select(Area)):
        fill(area)
    run = make_estimate(survey, Silent())
    db.session.commit()
    for step, by in (("proposed", "eva"), ("approved", "erik")):
        sign_off.take_step(f"estimate:{run.id}", step, by, "核对无误")
        db.session.commit()
    assert final_checks.open_points(survey.city, run, current_period()) == []
    final = final_runs.make_run(final_runs.FINAL, survey.city, run, current_period())
    for step, by in (("proposed", "sana"), ("approved", "sven")):
        final_runs.settle(final, step, by, "核对无误")
        db.session.commit()
    return final


@pytest.mark.parametrize("counties", [("东县", "西县", "南县"), ()], ids=["three", "none"])
@begins_with(new_installation)
def test_a_new_city_goes_from_nothing_to_its_star_by_its_own_programme(sqlite_app, counties):
    survey = begun(counties)
    answered(survey)
    # no programme: the office works, rating is refused with the list and the command
    manager, scorer = client_of(sqlite_app, "manager"), client_of(sqlite_app, "scorer")
    for address in (
        "/console/",
        "/console/values",
        "/console/periods",
        "/console/scorecards",
        "/console/programmes",
        "/console/surveys/jiang",
    ):
        page = manager.get(address)
        assert page.status_code in (200, 409), address
        assert page.status_code == 200 or "/console/programmes" in page.get_data(as_text=True), address
    assert "还没有选定评价方案" in manager.get("/console/programmes").get_data(as_text=True)
    for act in (lambda: lock_plan(survey), lambda: make_estimate(survey, Silent())):
        with pytest.raises(NoProgrammeError, match=r"jining-2023.*minyi programme use"):
            act()
    db.session.rollback()
    assert db.session.scalars(select(ScoringRun)).all() == []
    # its own programme, through the archive
    programmes.add(from_archive(packed(counties=len(counties))))
    programmes.use(NAME, None, None, "本市办法")
    db.session.commit()
    lock_plan(survey).made_at = survey.locked_at = survey.opens_at
    assert f"{NAME}-city" in survey.plan
    db.session.commit()
    final = settled(survey)
    cards = final_runs.scorecards(final)
    assert [row.area.name for row in cards] == [CITY, *counties]
    assert {row.scorecard["star_level"] for row in cards} == {"金叶"}
    assert {row.rulebook_id for row in cards} == {f"{NAME}-city", *([f"{NAME}-county"] if counties else [])}
    assert frozen_of(final)["programme"] == load_programme(NAME).as_dict()
    assert [goal["text"] for goal in final.summary["goals"]] == (["各区县均达银叶"] if counties else [])
    assert final_runs.verify_final(final)["differs"] == []
    # and no page, file or report of it speaks of Jining's
    batch = final.batch
    pages = [
        f"/console/final/{final.id}",
        f"/console/scores/batch/{batch}",
        *(f"/console/scores/{row.id}" for row in cards),
        "/console/values",
    ]
    texts = {page: scorer.get(page).get_data(as_text=True) for page in pages[:-1]} | {
        "values": manager.get(pages[-1]).get_data(as_text=True)
    }
    for file in (f"/console/final/{final.id}/report.pdf",):
        reply = scorer.get(file)
        assert reply.status_code == 200, reply.get_data(as_text=True)
        texts[file] = text_of(reply.data)
    for page, said in texts.items():
        assert foreign(said) == "", page
    assert "江城宜居评价（虚构）" in texts[pages[0]]
    with pytest.raises(programmes.ProgrammeError, match=f"final run #{final.id} goes by it"):
        programmes.remove(f"{NAME}@1", "x")


@begins_with(new_installation)
def test_a_programme_that_rates_no_counties_leaves_them_out(sqlite_app):
    survey = begun(("东县",))
    answered(survey, 3)
    programmes.add(from_archive(packed(counties=0)))
    programmes.use(NAME, None, None, "只评市")
    run = make_estimate(survey, Silent())
    assert [row.area.name for row in score_run(run)] == [CITY]


@begins_with(new_installation)
def test_zones_are_rated_by_their_own_rulebook_beside_city_and_counties(sqlite_app):
    survey = begun(("东县", "西县"))
    county = db.session.scalars(select(Area).where(Area.name == "东县")).one()
    zone = Area(code="211", name="东县高新区", kind="zone", parent=county, residents=9_000)
    survey.sites += [
        Site(code=f"zz0{n}", name=f"高新区{n}号点", kind="community", area=zone, probability=True, stratum=zone.name,
             base_weight=100.0, target=20) for n in range(3)
    ]  # fmt: skip
    survey.plan = PLAN.replace("rated_county, sex", "rated_county, home_county, sex")
    survey.plan_digest = digest(survey.plan)
    db.session.commit()
    answered(survey)
    texts = invented(zones=True)
    book = f"rulebooks/{NAME}-zone.yaml"
    texts[book] = texts[book].replace("below: 0.5, points: -20", "below: 0.93, points: -30")
    programmes.add(texts)
    programmes.use(NAME, None, None, "本市办法")
    db.session.commit()
    lock_plan(survey).made_at = survey.locked_at = survey.opens_at
    db.session.commit()
    manager, scorer = client_of(sqlite_app, "manager"), client_of(sqlite_app, "scorer")
    period = current_period().code
    # its values page, template and departments are its own, before anything is entered
    assert "步行可达比例" in manager.get(f"/console/values/{period}/211/1").get_data(as_text=True)
    assert "东县高新区" in manager.get("/console/assignments").get_data(as_text=True)
    assert manager.get("/console/assignments/211").status_code == 200
    book = load_workbook(io.BytesIO(manager.get("/console/values/workbook.xlsx").data))
    assert any("东县高新区" in sheet.title for sheet in book.worksheets)
    final = settled(survey)
    cards = {row.area.name: row for row in final_runs.scorecards(final)}
    assert list(cards) == [CITY, "东县", "西县", "东县高新区"]
    own = cards["东县高新区"]
    assert (own.rulebook_id, own.scorecard["star_level"]) == (f"{NAME}-zone", "金叶")
    decided = {row["level"]: row for row in final.estimate_run.result["domains"]["home_county"]}
    assert own.scorecard["satisfaction"] == decided["东县高新区"]["estimate"]
    # its figure is decided by its own lines wherever it is told, the counties' beside it by theirs
    assert {name: row["decision"]["points"] for name, row in decided.items()} == {
        "东县": 0,
        "西县": 0,
        "东县高新区": -30,
    }
    told = rows_told(final.estimate_run.result, "home_county")
    assert {line.split("：")[0].split(":")[0] for line in told if "93%" in line} == {"东县高新区"}
    assert final_checks.open_points(survey.city, final.estimate_run, current_period()) == []
    # ranked among zones alone; its residents count in the county as well
    assert {row.run.area.name: row.place for row in ranked(list(cards.values()))} == {
        CITY: None, "东县": 1, "西县": 1, "东县高新区": 1,
    }  # fmt: skip
    assert sum(final.summary["at_star"].values()) == 2
    assert [(goal["key"], goal["counted"], goal["of"]) for goal in final.summary["goals"]] == [
        ("all_silver", 2, 2), ("zones", 1, 1),
    ]  # fmt: skip
    goals = scorer.get(f"/console/final/{final.id}?table=goals&format=csv").get_data(as_text=True)
    assert goals.splitlines()[0].endswith("未定,共,结果"), "of counties in one line, of zones in another"
    assert final_runs.verify_final(final)["differs"] == []
    for address in (f"/console/final/{final.id}", f"/console/scores/batch/{final.batch}", "/console/scorecards/211",
                    f"/console/scores/{own.id}", "/console/assessment/211", f"/console/scores/{own.id}/ahead"):  # fmt: skip
        assert "东县高新区" in scorer.get(address).get_data(as_text=True), address
    assert "东县高新区" in text_of(scorer.get(f"/console/final/{final.id}/report.pdf").data)


RANKED = """  - number: 4
    path: [经济, 增速]
    name: 增速位次
    citation: 第4条
    metrics: [{key: growth, name: 增速, kind: share}]
    derived: [{key: place, name: 名次, kind: number, unit: 名, rank: {of: growth, ties: mean}}]
    line: {metric: place, points: [[1, 10], [3, 0]]}
"""


@begins_with(new_installation)
def test_peers_are_read_once_for_all_and_one_alone_ranks_as_in_the_batch(sqlite_app):
    survey = begun(("东县", "西县", "南县"))
    texts = invented()
    texts[f"rulebooks/{NAME}-county.yaml"] += RANKED
    programmes.add(texts)
    programmes.use(NAME, None, None, "本市办法")
    places = list(db.session.scalars(select(Area).where(Area.kind == "county").order_by(Area.code)))
    for place, growth in zip(places, (0.05, 0.05, 0.02), strict=True):
        key = {"area_id": place.id, "rulebook_id": f"{NAME}-county", "period": current_period().code}
        db.session.add(IndicatorValue(**key, indicator="4", metric="growth", value=growth))
    db.session.commit()
    book, read = load_rulebook(f"{NAME}-county"), []

    def counting(area, *others):
        read.append(area.name)
        return present_values(area, *others)

    given = {place: (book, present_values(place, book.id)) for place in places}
    together = with_peers_each(given, current_period(), counting)
    assert read == [], "a batch that holds all reads nobody again"
    alone = with_peers(given[places[0]][1], places[0], book, current_period(), counting)
    assert read == ["西县", "南县"]
    assert alone == together[places[0]]
    points = [score(book, together[place], None).indicators[-1].points for place in places]
    assert points == [Decimal("7.5"), Decimal("7.5"), 0]
    found = [one for one in assess_each(places) if not isinstance(one, Exception)]
    assert [one.card.indicators[-1].points for one in found] == points
    assert [one.card.indicators[-1].points for one in assess_each(places[:1])] == points[:1]
    assert survey.city.name == CITY


def foreign(said: str) -> str:
    """The first of Jining's names in a text, with what stands around it."""
    said = re.sub(r"jining-2023", "", said)  # an id that a list offers
    found = re.search("|".join(map(re.escape, names())), said)
    return said[max(found.start() - 30, 0) : found.end() + 20] if found else ""


def names() -> list[str]:
    """Departments, goals and stars of Jining's programme, and the indicators that it names."""
    books = [load_rulebook(book) for book in load_programme("jining-2023").units.values()]
    rows = [row for book in books for row in book.indicators]
    said = {name for row in rows for name in row.lead} | {row.name for row in rows if len(row.name) > 6}
    return sorted(
        said
        | {goal.text for goal in load_programme("jining-2023").goals}
        | {star.name for star in books[0].stars}
        | {"济宁"}
    )
