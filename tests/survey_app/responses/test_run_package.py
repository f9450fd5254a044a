"""The package of a run: from what leaves, R and Python print the official figure; nothing in it names a place or a moment."""

from __future__ import annotations

import csv
import json
import zipfile
from pathlib import Path

import numpy as np
import pyreadstat
import pytest
from sqlalchemy import select

from analysis.estimation import estimate
from analysis.plan_parts import Replication
from analysis.replication import replicate
from survey_app.answering.erasure import erase
from survey_app.estimates.reduce_files import opened, reduce_to_cells
from survey_app.estimates.runs import make_run
from survey_app.jobs.queue import Silent
from survey_app.models import AuditEntry, EstimateRun, Response, Site, Survey, db
from survey_app.responses.data_files import ResponseFileError
from survey_app.responses.run_package import Asked, export_run
from survey_app.responses.run_rows import RunRows
from survey_app.surveys.plan_files import load_plan
from tests.support.city import PLAN, answered, small_city, the_survey
from tests.support.packages import by_python, official, printed
from tests.support.r import in_r
from tests.support.stored import begins_with

MARGINS = "calibration: {margins: {home_county: {甲县: 200000, 乙县: 100000}, sex: {female: 160000, male: 140000}}"
NEAR = "calibration: {margins: {home_county: {甲县: 12000, 乙县: 5200}, sex: {female: 9000, male: 8200}}"
PLANS = {
    "raking": f"{MARGINS}, method: raking}}\n",
    "logit and a logit interval": f"{NEAR}, method: logit, bounds: [0.2, 5]}}\ninterval: {{method: logit}}\n",
    "trimmed, kept": f"{MARGINS}, trim: {{max_ratio: 1.2}}}}\ninterval: {{method: wilson}}\n",
    "trimmed, released": f"{MARGINS}, trim: {{max_ratio: 1.2, margins: release}}}}\n",
    "an index": f"{MARGINS}, method: linear}}\n",
    "no margins, few alone": "interval: {confidence: 0.9}\n",
}
SELDOM = ("logit and a logit interval", "trimmed, released", "no margins, few alone")  # looked at by the checks alone
ASKED = Asked("核对正式结果")


def sampled() -> Survey:
    """The small city with three sites in one stratum, two in another, and one alone in a third."""
    survey = small_city()
    strata = {"aaa2222": 5, "bbb3333": 3}
    for site in [site for site in survey.sites if site.code in strata]:
        for at in range(2, strata[site.code]):
            survey.sites.append(
                Site(
                    code=f"{site.code[:2]}k{at}22{at}",
                    name=f"{site.name}{at}",
                    kind="community",
                    area_id=site.area_id,
                    probability=True,
                    stratum=site.stratum if at < 4 else "丙层",
                    base_weight=60.0 * at,
                    target=20,
                )
            )
    db.session.commit()
    return survey


def answered_sites() -> None:
    """Answers at those sites; some left the measured question blank."""
    answered(sampled(), 25)
    for row in db.session.scalars(select(Response).where(Response.probability).limit(5)):
        row.measure, row.measure_missing = None, "skipped"
        row.answers = {key: value for key, value in row.answers.items() if key != "overall"}
    db.session.commit()


def run_by(text: str = PLANS["raking"], index: bool = False) -> EstimateRun:
    survey = the_survey()
    survey.plan = (PLAN.replace("scale:", "official: index, scale:") if index else PLAN) + text
    run = make_run(survey, Silent())
    db.session.commit()
    return run


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    "plan", [pytest.param(name, marks=[pytest.mark.checks] if name in SELDOM else []) for name in PLANS]
)
@begins_with(answered_sites)
def test_r_and_python_print_the_official_figure_from_the_package_alone(sqlite_app, tmp_path, plan):
    run = run_by(PLANS[plan], index=plan == "an index")
    export_run(run, tmp_path / "out", ASKED, Silent())
    assert by_python(tmp_path / "out") == pytest.approx(official(run), abs=1e-10, rel=1e-10)
    found = printed(in_r(Path("figure.R"), tmp_path / "out", "survey", locale="C"))  # the plainest locale there is
    assert found[:6] == pytest.approx(official(run), abs=1e-10, rel=1e-10)
    if not plan.startswith("trimmed"):  # by survey::calibrate, from base weights and margins alone
        assert found[6:] == pytest.approx(official(run)[:2], abs=1e-10, rel=1e-10)


@pytest.mark.parametrize("name", ["responses.csv", "responses.parquet"])
@begins_with(answered_sites)
def test_the_product_s_own_command_takes_it_with_its_plan(app, tmp_path, name):
    run = run_by()
    export_run(run, tmp_path / "out", ASKED, Silent())
    plan = load_plan(tmp_path / "out" / "plan.yaml")
    with opened(tmp_path / "out" / name) as table:
        found = estimate(reduce_to_cells(table, plan), plan).as_dict()
    own = found["satisfied"]
    assert [own["estimate"], own["se"], own["lower"], own["upper"]] == pytest.approx(official(run)[:4], rel=1e-12)


@begins_with(answered_sites)
def test_erased_answers_are_counted_and_the_scripts_read_the_run_s_cells(sqlite_app, tmp_path):
    run = run_by()
    receipt = db.session.scalars(select(Response.receipt).where(Response.measure == 5, Response.probability)).first()
    erase(receipt, "本人要求")
    db.session.commit()
    found = export_run(run, tmp_path / "out", ASKED, Silent())
    assert (found.figure["gone_since"], [said.key for said in found.told][-1]) == (1, "responses.package_gone")
    assert json.loads((tmp_path / "out" / "figure.json").read_text("utf-8"))["gone_since"] == 1
    assert "有1份应答不在了" in (tmp_path / "out" / "README.md").read_text("utf-8")
    assert by_python(tmp_path / "out") == pytest.approx(official(run), abs=1e-10, rel=1e-10)
    assert printed(in_r(Path("figure.R"), tmp_path / "out")) == pytest.approx(official(run), abs=1e-10, rel=1e-10)
    _frame, meta = pyreadstat.read_sav(str(tmp_path / "out" / "cells.sav"))
    assert meta.number_rows == len(rows_of(tmp_path / "out" / "cells.csv"))
    assert 'use "cells.dta"' in (tmp_path / "out" / "figure.do").read_text("utf-8")


@begins_with(answered_sites)
def test_what_is_flagged_is_left_out_as_the_run_did_though_the_flag_is_lifted_since(sqlite_app, tmp_path):
    from survey_app.responses.flags import lift_flags, set_flag

    flagged = db.session.scalars(select(Response).where(Response.probability).limit(3)).all()
    for response in flagged:
        set_flag(response, "看着可疑", "eva")
    db.session.commit()
    run = run_by("flagged: {column: flagged, exclude: true, kinds: [person]}\n")
    lift_flags(flagged[0], "弄错了", "eva")
    db.session.commit()
    found = export_run(run, tmp_path / "out", ASKED, Silent())
    rows = rows_of(tmp_path / "out" / "responses.csv")
    assert [row["flags"] for row in rows if row["flagged"] == "yes"] == ["person"] * 3
    assert {row["counted"] for row in rows if row["flagged"] == "yes"} == {"0"}
    assert found.figure["counted"] == 25 * 6 - 3
    assert found.figure["gone_since"] == 0
    assert by_python(tmp_path / "out") == pytest.approx(official(run), abs=1e-10, rel=1e-10)


@begins_with(answered_sites)
def test_it_names_no_place_and_no_moment_and_another_run_has_other_labels(sqlite_app, tmp_path):
    run = run_by()
    export_run(run, tmp_path / "out", ASKED, Silent())
    rows = rows_of(tmp_path / "out" / "responses.csv")
    text = (tmp_path / "out" / "responses.csv").read_text("utf-8-sig")
    stored = db.session.scalars(select(Response)).all()
    assert not any(row.receipt in text for row in stored)
    assert not any(site.code in text or site.name in text for site in run.survey.sites)
    assert not {"finished_at", "started_at", "receipt", "site"} & set(rows[0])
    assert {row["stratum"] for row in rows} == {"S0001", "S0002", "S0003", ""}
    assert {row["final_weight"] for row in rows if row["sample"] == "0"} == {""}
    sums = {
        name: sum(float(row["final_weight"] or 0) for row in rows if row["sex"] == name) for name in ("male", "female")
    }
    assert sums == pytest.approx({"male": 140_000, "female": 160_000})
    again = [RunRows(run).sites, RunRows(run).sites]
    assert again[0] == again[1]


@begins_with(answered_sites)
def test_replicate_weights_give_the_standard_error_of_the_bootstrap(sqlite_app, tmp_path):
    run = run_by()
    export_run(run, tmp_path / "out", Asked("方差研究", replicates=40), Silent())
    rows = [
        row for row in rows_of(tmp_path / "out" / "responses.csv") if row["counted"] == "1" and row["measure"] > "0"
    ]
    satisfied = np.array([float(row["measure"] in "45") for row in rows])
    shares = []
    for at in range(1, 41):
        weight = np.array([float(row[f"rep_{at:04}"]) for row in rows])
        shares.append(float(weight @ satisfied / weight.sum()))
    source = RunRows(run)
    answered = np.where(source.sample.kinds < 0, 1.0, 0.0)
    column = source.sample.cells.columns["measure"]
    good = np.array([*(level in "45" for level in column.levels), False])[column.codes]
    wanted = replicate(
        source.sample, source.plan, Replication("bootstrap", 40, seed=run.id),
        lambda weight: np.array([(weight * answered) @ good / (weight * answered).sum()]),
    )  # fmt: skip
    assert np.std(shares) == pytest.approx(float(wanted.se[0]), rel=1e-9)


@begins_with(answered_sites)
def test_a_zip_holds_the_folder_and_the_audit_trail_the_purpose(sqlite_app, tmp_path):
    export_run(run_by(), tmp_path / "out.zip", ASKED, Silent())
    names = {name.partition("/")[2] for name in zipfile.ZipFile(tmp_path / "out.zip").namelist()}
    assert names >= {
        "README.md", "figure.json", "plan.yaml", "margins/sex.csv", "codebook.html", "codebook.xml", "figure.R",
        "figure.py", "figure.do", "figure.sps", "responses.csv", "responses.parquet", "responses.sav", "responses.dta",
        "responses-codes.csv",
    }  # fmt: skip
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "response.run_package")).one()
    assert (entry.reason, entry.after["responses"]) == ("核对正式结果", 25 * 6 + 5)
    assert not [path for path in tmp_path.iterdir() if path.name != "out.zip" and path.name.startswith(".out")]


@begins_with(answered_sites)
def test_codes_of_missing_answers_are_marked_in_the_codebook(sqlite_app, tmp_path):
    export_run(run_by(), tmp_path / "out", ASKED, Silent())
    book = (tmp_path / "out" / "codebook.xml").read_text("utf-8")
    assert '<catgry missing="Y">' in book
    assert 'name="final_weight"' in book
    assert "-95 = 没用过 / not used" in (tmp_path / "out" / "codebook.html").read_text("utf-8")


@begins_with(answered_sites)
def test_wrong_input_leaves_nothing(sqlite_app, tmp_path):
    run = run_by()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("x")
    for out, asked in (
        ("full", ASKED),
        ("a", Asked(" ")),
        ("a", Asked("x", replicates=1)),
        ("a", Asked("x", replicates=9999)),
    ):
        with pytest.raises(ResponseFileError):
            export_run(run, tmp_path / out, asked, Silent())
    assert not [path.name for path in tmp_path.iterdir() if path.name.startswith((".", "a"))]
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["mine.txt"]
    assert not db.session.scalars(select(AuditEntry).where(AuditEntry.action == "response.run_package")).all()
