"""Before the close nobody sees the official figure: every page, table, drawing, file and command is walked."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from analysis.intervals import share_interval
from analysis.notices import Notice
from definitions import digest
from survey_app.cli import cli
from survey_app.estimates import runs
from survey_app.estimates.monitor import looks_of
from survey_app.estimates.review import settle
from survey_app.ground import held
from survey_app.ground.official import name_official
from survey_app.ground.percent import percent
from survey_app.ground.sign_off import PROPOSED, SignOffError
from survey_app.ground.stored import estimate_of
from survey_app.jobs.queue import Silent, enqueue
from survey_app.models import (
    AuditEntry,
    EstimateRun,
    FigureOpening,
    OfficialSurvey,
    Period,
    PlanVersion,
    Response,
    Survey,
    db,
)
from survey_app.scoring.final_checks import open_points
from survey_app.scoring.final_runs import make_run, verify_final
from survey_app.surveys.closing import close_due
from survey_app.surveys.plan_versions import change_plan
from survey_app.values.periods import current_period, make_period
from tests.support.application import application
from tests.support.city import answered_city, the_survey
from tests.support.indicators import led_by, with_evidence, with_imports
from tests.support.people import enter, person
from tests.support.stored import begins_with, this_run
from tests.survey_app.console.test_permissions import routes

LOOKER = "looker"  # whom the plan names


def official_city() -> None:
    """The small city's survey as the official one of its period, open, with answers, an interim estimate and scorecards."""
    survey = answered_city(61)  # of which no service has the same share
    survey.plan += f"closing: {{seen_by: [{LOOKER}]}}\n"
    survey.state = "locked"
    name_official(db.session.get_one(Period, "2023"), survey)
    survey.state = "open"
    db.session.commit()
    enqueue("estimate", {"survey": survey.id}, "admin")
    led_by("甲县", "1", "某局")
    with_evidence("11", "1")
    with_imports("11")


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """The application on the official city, for everything that only looks."""
    app = application(this_run().on_sqlite(official_city, tmp_path_factory.mktemp("held") / "test.sqlite3"))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def figures() -> list[str]:
    """The official question's figures, whole and by group, as they would be printed; without those that a service has too."""
    with held.computing():
        result = estimate_of(db.session.scalars(select(EstimateRun)).first())
    rows = [result["satisfied"], *(row for rows in result["domains"].values() for row in rows)]
    felt = [*result["services"]["services"], *(row for area in result["services"]["areas"] for row in area["services"])]
    own, others = ({row["estimate"] for row in found if row["estimate"] is not None} for found in (rows, felt))
    found = [form(share) for share in own for form in (lambda share: f"{share:.6f}", lambda share: percent(share, 2))]
    shared = {percent(share, 2) for share in others} | {f"{share:.6f}" for share in others}
    index = result["index"]["estimate"]
    return [*(set(found) - shared), f"{index:.5f}", f"{index:.2f}"]


def text_of(body: bytes) -> str:
    """What stands in a reply, of a workbook or a document too."""
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as file:
            return " ".join(file.read(name).decode("utf-8", "replace") for name in file.namelist())
    return body.decode("utf-8", "replace")


LEAVES = re.compile(r'href="([^"]*(?:format=csv|figure=|report\.docx)[^"]*)"')


def walked(client, only: tuple[str, ...] = ()) -> dict[str, str]:
    """Address -> text, of every page or of these, and of the tables, drawings and reports that leave those of figures."""
    found: dict[str, str] = {}
    for endpoint, (method, address, *_owner) in routes().items():
        todo = [address() if callable(address) else address] if method == "GET" else []
        if endpoint == "console.compare_page":
            todo = ["/console/estimates/compare?a=1&b=1"]
        todo = [at for at in todo if not only or at in only]
        for at in todo:
            reply = client.get(at)
            assert reply.status_code in (200, 302, 403, 404), at
            found[at] = text_of(reply.data)
            if re.search("estimates|scores|final", at) and "?" not in at:
                todo += [link.replace("&amp;", "&") for link in LEAVES.findall(found[at])]
    return found


def telling(found: dict[str, str]) -> list[str]:
    known = figures()
    assert len(known) > 5
    return [at for at, text in found.items() if any(number in text for number in known)]


@pytest.fixture(scope="module")
def admin(opened):
    return enter(opened.test_client(), person("administrator").user)


def test_no_page_table_drawing_or_file_tells_the_figure_before_the_close(opened, admin):
    found = walked(admin)
    assert len(found) > 90
    assert telling(found) == []


def test_the_list_of_surveys_opens_before_the_close_without_the_figure(admin):
    reply = admin.get("/console/surveys")
    assert reply.status_code == 200
    assert "某市市民体验调查" in reply.get_data(as_text=True)


def test_the_walk_would_find_it(opened, admin):
    naming = db.session.scalars(select(OfficialSurvey)).one()
    naming.settled_at = datetime.now(UTC)
    db.session.commit()
    try:
        pages = (
            "/console/",
            "/console/surveys",
            "/console/surveys/wave1",
            "/console/estimates",
            "/console/estimates/1",
        )
        found = walked(admin, pages)
        assert set(telling(found)) >= set(pages)
        assert len(found) > len(pages)
    finally:
        naming.settled_at = None
        db.session.commit()


def test_the_estimates_page_gives_what_fieldwork_needs(opened, admin):
    page = admin.get("/console/estimates/1").get_data(as_text=True)
    for words in (
        "期中第1次",
        "区间半宽最多",
        "没有回答官方题目的应答",
        "使用者对各项服务的满意度",
        "至今没有人打开过",
    ):
        assert words in page, words
    sizes = page.split('id="table-sizes"')[1].split("</table>")[0]  # one site in each stratum: no degree of freedom
    assert re.findall(r'data-value="([^"]*)"', sizes.split("<tbody>")[1])[3::6] == [""] * sizes.count(
        "<tr><th scope=row"
    )


@pytest.mark.parametrize(
    "address",
    ["/console/estimates/1/report.docx", "/console/estimates/1/quality.pdf", "/console/estimates/compare?a=1&b=1"],
)
def test_what_cannot_do_without_the_figure_is_refused_in_words(admin, address):
    reply = admin.get(address)
    assert reply.status_code == 403
    assert "截止之前不显示" in reply.get_data(as_text=True)


def test_single_answers_leave_out_the_official_question_and_those_that_follow_from_it(opened):
    from survey_app.responses.answers import read_out

    unhappy = db.session.scalars(select(Response).where(Response.measure < 4)).first()
    keys = {said.key for said in read_out(unhappy, the_survey(), "zh")}
    assert {"services", "recommend"} <= keys
    assert not {"overall", "improve"} & keys


ENDINGS = ("a.csv", "a.xlsx", "a.sav", "a.dta")


@pytest.mark.parametrize("name", ENDINGS)
def test_data_files_leave_the_official_question_out(opened, tmp_path, name):
    from survey_app.responses.data_files import write_responses

    assert write_responses(the_survey(), tmp_path / name, "en", with_text=True)
    if name.endswith(".csv"):
        head = (tmp_path / name).read_text("utf-8-sig").splitlines()[0].split(",")
        assert "services_bus" in head
        assert not {"overall", "improve_speed"} & set(head)
        place = head.index("measure")
        rows = list(csv.reader((tmp_path / name).open(encoding="utf-8-sig", newline="")))
        assert {row[place] for row in rows[1:]} == {""}


def test_parquet_leaves_it_out_too(opened, tmp_path):
    import duckdb

    from survey_app.responses.parquet import export_parquet

    export_parquet(the_survey(), tmp_path / "out")
    table = duckdb.sql(f"SELECT * FROM read_parquet('{tmp_path}/out/**/*.parquet')").df()
    assert table["measure"].notna().sum() == 0
    assert not {"overall", "improve_speed"} & set(table.columns)
    assert table["services_bus"].notna().sum() > 0


def test_before_the_close_no_package_of_a_run_leaves_not_even_for_whom_the_plan_names(opened, tmp_path):
    from survey_app.responses.data_files import ResponseFileError
    from survey_app.responses.run_package import Asked, export_run

    run = db.session.scalars(select(EstimateRun)).first()
    with pytest.raises(ResponseFileError) as refused:
        export_run(run, tmp_path / "out", Asked("look"), Silent())
    assert refused.value.said.key == "responses.package_held"
    assert not (tmp_path / "out").exists()


COMMANDS = (
    ["survey", "list", "--json"], ["survey", "show", "wave1", "--json"], ["run", "--json"], ["run"],
    ["report", "estimate", "1", "--to", "r.docx"], ["verify", "run", "1", "--json"], ["jobs", "list", "--json"],
    ["final", "check", "--json"], ["final", "trial", "--json"], ["flags", "--json"], ["rollup", "check", "--json"],
    ["report", "score", "1", "--to", "s.docx"], ["export", "wave1", "out"], ["export", "wave1", "out.csv"],
)  # fmt: skip


def test_no_command_tells_it(opened, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", opened.config["SQLALCHEMY_DATABASE_URI"])
    known, codes = figures(), {}
    for words in COMMANDS:
        db.session.rollback()
        ran = CliRunner().invoke(cli, words)
        codes[" ".join(words)] = ran.exit_code
        assert not isinstance(ran.exception, Exception) or isinstance(ran.exception, SystemExit), (words, ran.exception)
        assert not [number for number in known if number in ran.output], words
    for path in Path().rglob("*"):
        if path.is_file():
            text = text_of(path.read_bytes())
            assert not [number for number in known if number in text], path
    assert codes["report estimate 1 --to r.docx"] == 2
    assert codes["run --json"] == codes["verify run 1 --json"] == 0


def official_run() -> EstimateRun:
    """Closed by the clock, settled, and estimated."""
    survey = the_survey()
    survey.closes_at = datetime.now(UTC) - timedelta(hours=1)
    db.session.query(OfficialSurvey).update({"closed_at": None, "extended": 1})
    close_due()
    db.session.commit()
    enqueue("estimate", {"survey": survey.id}, "admin")
    return db.session.scalars(select(EstimateRun).order_by(EstimateRun.id.desc())).first()


def keys(run: EstimateRun) -> set[str]:
    return {notice["key"] for notice in run.result["notices"]}


@begins_with(official_city)
def test_the_person_whom_the_plan_names_sees_it_and_every_later_run_counts_the_openings(sqlite_app):
    looker = person("evaluator").user
    looker.username = LOOKER
    db.session.commit()
    client = enter(sqlite_app.test_client(), looker)
    known = figures()
    for _ in range(2):  # within the minute: one opening
        assert any(number in client.get("/console/estimates/1").get_data(as_text=True) for number in known)
    opening = db.session.scalars(select(FigureOpening)).one()
    assert (opening.by, opening.place) == (LOOKER, "/console/estimates/1")
    assert db.session.scalars(select(AuditEntry).where(AuditEntry.action == "figure.open")).one().actor == LOOKER
    page = client.get("/console/estimates/1").get_data(as_text=True)
    assert 'id="monitor"' in page
    other = enter(sqlite_app.test_client(), person("administrator").user).get("/console/estimates/1")
    page = other.get_data(as_text=True)
    assert not [number for number in known if number in page]
    assert "1人已打开官方题的数字1次" in page
    run = official_run()
    said = next(notice for notice in run.result["notices"] if notice["key"] == "openings")
    assert said["params"] == {"number": 1, "persons": 1}


@begins_with(official_city)
def test_the_looks_before_the_close_have_intervals_that_hold_together_and_the_official_run_has_none(sqlite_app):
    first = db.session.get_one(EstimateRun, 1)
    result = first.result | {"df": 12, "satisfied": first.result["satisfied"] | {"se": 0.05}}
    first.result = result
    db.session.add(
        EstimateRun(
            survey=first.survey, plan=first.plan, plan_digest=first.plan_digest, definition_digest=first.definition_digest,
            watermark=99, code_version="x", cells=first.cells, detail=first.detail, created_at=first.created_at + timedelta(days=4),
            result=result | {"n": 3 * result["n"], "notices": [Notice("interim", {"number": 2}).as_dict()]},
        )
    )  # fmt: skip
    db.session.commit()
    with held.computing():
        (alone,) = looks_of(first)
        again, second = looks_of(db.session.get_one(EstimateRun, 2))
        assert (again, again.number, second.number) == (alone, 1, 2)
        one_look = share_interval(alone.estimate, 0.05, 12, alone.n, "korn_graubard", 0.95)
        for look in (alone, second):
            assert 0 < look.level < 0.05
            assert (look.lower, look.upper) < (one_look.lower, 1)
            assert look.upper > one_look.upper
        assert looks_of(official_run()) == []


@begins_with(official_city)
def test_a_plan_that_calls_the_satisfied_missing_makes_no_run_before_the_settling_and_is_gone_then(sqlite_app):
    survey = the_survey()
    survey.plan_digest = digest(survey.plan)
    counts = PlanVersion(survey_id=survey.id, number=1, body=survey.plan, digest=survey.plan_digest, made_by="admin")
    db.session.add(counts)
    db.session.commit()
    told = survey.plan.replace("[4, 5], scale: [1, 2, 3, 4, 5]", "[3], dont_know: [4, 5], scale: [1, 2, 3]")
    assert told != survey.plan
    change_plan(survey, told, "口径调整")
    db.session.commit()
    with pytest.raises(
        runs.OtherPlanError, match="version 1 of its plan alone"
    ):  # it would count those who said 4 or 5
        runs.make_run(survey, Silent())
    official = official_run()  # the clock goes back to the plan that counts
    assert (survey.plan_digest, official.plan_digest) == (counts.digest, counts.digest)
    assert db.session.scalars(select(OfficialSurvey.run_id)).one() == official.id


@begins_with(official_city)
def test_an_interim_run_is_marked_and_used_for_nothing_and_the_run_after_the_close_is_official(sqlite_app):
    survey, admin = the_survey(), enter(sqlite_app.test_client(), person("administrator").user)
    enqueue("estimate", {"survey": survey.id}, "admin")
    first, second = db.session.scalars(select(EstimateRun).order_by(EstimateRun.id))
    assert [held.interim_number(run) for run in (first, second)] == [1, 2]
    assert {"interim", "unopened"} <= keys(second)
    assert all(scoring.scorecard["satisfaction"] is None for scoring in second.scoring_runs)
    with pytest.raises(SignOffError, match="interim run 2"):
        settle(second, PROPOSED, "anna", "")
    assert "estimate_interim" in {point.kind for point in open_points(survey.city, second, current_period())}

    official = official_run()
    assert keys(official) >= {"unopened"}
    assert not keys(official) & {"interim", "not_for_scoring"}
    assert any(scoring.scorecard["satisfaction"] is not None for scoring in official.scoring_runs)
    kinds = {point.kind for point in open_points(survey.city, official, current_period())}
    assert not kinds & {"estimate_interim", "estimate_not_official", "estimate_unofficial"}
    settle(official, PROPOSED, "anna", "")
    text = admin.get(f"/console/estimates/{second.id}").get_data(as_text=True)
    assert "期中第2次" in text  # its figure is shown now, and is still said to be none
    assert verify_final_of_a_trial(survey, second)


def verify_final_of_a_trial(survey: Survey, interim: EstimateRun) -> bool:
    """A trial by an interim run has no satisfaction, then and when it is made again after the close."""
    trial = make_run("trial", survey.city, interim, current_period())
    return verify_final(trial)["same"] and trial.estimate_run_id == interim.id


@begins_with(official_city)
def test_another_survey_shows_its_figures_at_once_and_is_not_for_scoring(sqlite_app):
    survey = the_survey()
    db.session.query(OfficialSurvey).delete()
    db.session.query(Period).update({"asks_official": True})
    db.session.commit()
    enqueue("estimate", {"survey": survey.id}, "admin")
    run = db.session.scalars(select(EstimateRun).order_by(EstimateRun.id.desc())).first()
    assert "not_for_scoring" in keys(run)
    assert all(scoring.scorecard["satisfaction"] is None for scoring in run.scoring_runs)
    assert "estimate_not_official" in {point.kind for point in open_points(survey.city, run, current_period())}
    client = enter(sqlite_app.test_client(), person("administrator").user)
    page = client.get(f"/console/estimates/{run.id}").get_data(as_text=True)
    assert figures()[0] in page
    assert "不用于评分" in page
    assert "不用于评分" in client.get("/console/surveys").get_data(as_text=True)


@begins_with(official_city)
def test_a_survey_that_was_open_at_the_upgrade_hides_nothing_and_counts_as_before(sqlite_app):
    survey = the_survey()
    db.session.query(OfficialSurvey).delete()
    make_period("2099", None, "jining-2023").created_at = datetime.now(UTC)
    current_period().state = (
        "closed"  # made after this survey, it asks for an official one; the period from before goes on
    )
    db.session.commit()
    assert not held.held(survey)
    enqueue("estimate", {"survey": survey.id}, "admin")
    run = db.session.scalars(select(EstimateRun).order_by(EstimateRun.id.desc())).first()
    assert not keys(run) & {"interim", "not_for_scoring", "unopened"}
    assert any(scoring.scorecard["satisfaction"] is not None for scoring in run.scoring_runs)
    assert not {"estimate_not_official"} & {p.kind for p in open_points(survey.city, run, current_period())}


def test_a_demonstration_is_never_held(opened):
    survey = the_survey()
    survey.demo = True
    try:
        assert not held.held(survey)
    finally:
        db.session.rollback()
