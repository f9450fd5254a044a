"""Files of any size: the same cells from DuckDB and Spark, from CSV and Parquet; exports that estimate alike."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as parquet_files
import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from analysis.cells import Cells
from analysis.errors import CellsError
from analysis.estimation import estimate
from analysis.plan import parse_plan
from survey_app.cli import cli
from survey_app.estimates.reduce_files import left_out, opened, reduce_to_cells
from survey_app.ground.plans import plan_of
from survey_app.models import EstimateRun, Response, Survey, db
from survey_app.responses.data_files import write_responses
from survey_app.responses.parquet import ExportError, export_parquet
from survey_app.surveys.plan_for_files import plan_for_files
from tests.support.application import absent
from tests.support.city import FORM, small_city, the_survey
from tests.support.demonstration import demonstration_city
from tests.support.stored import begins_with
from tests.support.zones import RULES

CITY = Path(__file__).parents[2] / "reference" / "city" / "responses.csv"
PLAN = parse_plan(
    json.dumps(
        {
            "measure": {"question": "overall", "satisfied": [4, 5], "scale": [1, 2, 3, 4, 5]},
            "design": {"strata": "site_county", "psu": "site", "weight": "weight"},
            "domains": ["age", ["home_county", "sex"]],
        }
    )
)


@pytest.fixture
def parquet(tmp_path: Path) -> Path:
    path = tmp_path / "responses.parquet"
    duckdb.sql(f"COPY (SELECT * FROM read_csv('{CITY}', nullstr='NA')) TO '{path}' (FORMAT parquet)")
    return path


def cells_of(path: Path, engine: str = "duckdb") -> Cells:
    with opened(path, engine) as table:
        return reduce_to_cells(table, PLAN)


def same(first: Cells, second: Cells) -> None:
    """Counts to the last digit, sums but for the order of addition."""
    assert list(first.columns) == list(second.columns)
    for name, column in first.columns.items():
        assert column.levels == second.columns[name].levels
        assert (column.codes == second.columns[name].codes).all()
    assert (first.count == second.count).all()
    assert first.weight == pytest.approx(second.weight, rel=1e-12)
    assert first.weight_squared == pytest.approx(second.weight_squared, rel=1e-12)


def test_csv_and_parquet_give_the_same_cells(parquet):
    same(cells_of(CITY), cells_of(parquet))


@pytest.mark.parametrize("apart", [1, 10**9])
def test_whole_numbers_are_the_same_cells_however_many_there_are_and_however_far_apart(tmp_path, apart):
    number = 12_000
    rows = {
        "overall": [1 + at % 5 for at in range(number)], "site_county": [at % 3 - 1 for at in range(number)],
        "site": [(at * 7 % number - 500) * apart for at in range(number)], "weight": [1.0 + at % 4 for at in range(number)],
        "age": [None if at % 10 == 0 else at % 4 for at in range(number)], "sex": ["m"] * number, "home_county": ["甲"] * number,
    }  # fmt: skip
    path = tmp_path / "numbers.parquet"
    parquet_files.write_table(pa.table(rows), path)
    found, by_rows = cells_of(path), Cells.from_rows(rows, PLAN)
    for name, column in by_rows.columns.items():
        assert [*found.columns[name].levels] == [*column.levels]
    same(found, Cells({name: replace(column, levels=found.columns[name].levels) for name, column in by_rows.columns.items()},
                      by_rows.count, by_rows.weight, by_rows.weight_squared))  # fmt: skip
    ours, theirs = (estimate(cells, PLAN, RULES).overall.satisfied for cells in (found, by_rows))
    assert (ours.estimate, ours.se) == pytest.approx((theirs.estimate, theirs.se), rel=1e-12)


def test_faulty_weights_are_counted_by_kind(tmp_path):
    path = tmp_path / "weights.parquet"
    query = f"SELECT * REPLACE (CASE WHEN row_number() OVER () < 4 THEN NULL WHEN row_number() OVER () = 9 THEN -1 ELSE weight END AS weight) FROM read_csv('{CITY}', nullstr='NA')"
    duckdb.sql(f"COPY ({query}) TO '{path}' (FORMAT parquet)")
    with pytest.raises(CellsError) as told:
        cells_of(path)
    assert (told.value.lines[0].params["absent"], told.value.lines[0].params["negative"]) == (3, 1)


@pytest.mark.checks
def test_spark_gives_the_cells_of_duckdb(parquet):
    pytest.importorskip("pyspark")
    if shutil.which("java") is None:
        absent("Java, which Spark needs,")
    same(cells_of(parquet, "spark"), cells_of(parquet))


@pytest.mark.parametrize("column", ["site", "site_county"])
def test_a_missing_design_value_is_told_with_its_rows(tmp_path, column):
    lines = CITY.read_text(encoding="utf-8").splitlines()
    place = lines[0].replace('"', "").split(",").index(column)
    for line in (5, 9):
        values = lines[line].split(",")
        values[place] = "NA" if line == 5 else ""
        lines[line] = ",".join(values)
    path = tmp_path / "holes.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(ValueError, match=rf"'{column}' is missing in 2 responses \(first rows: 5, 9\)"):
        cells_of(path)


@pytest.mark.parametrize("place", ["out", "out.csv"])
@begins_with(demonstration_city)
def test_an_exported_survey_estimates_as_its_stored_run(app, tmp_path, place):
    survey, stored = the_survey(), db.session.scalars(select(EstimateRun)).one().result
    number = export_parquet(survey, tmp_path / "out")
    assert number == db.session.scalar(select(func.count(Response.id)).where(Response.state == "complete"))
    write_responses(survey, tmp_path / "out.csv")
    plan = parse_plan(plan_for_files(plan_of(survey), survey.plan, survey.code))
    with opened(tmp_path / place) as table:
        result = estimate(reduce_to_cells(table, plan), plan, RULES).as_dict()
        said = left_out(table, plan)
    assert [notice["key"] for notice in said] == ["not_of_sample"]  # answers by the sites' own codes
    assert result["n"] == stored["n"]
    assert result["satisfied"]["estimate"] == pytest.approx(stored["satisfied"]["estimate"], rel=1e-12)
    assert result["satisfied"]["se"] == pytest.approx(stored["satisfied"]["se"], rel=1e-9)


def test_an_export_types_its_columns_from_the_definition(sqlite_app, tmp_path):
    survey = small_city()
    client = sqlite_app.test_client()
    page = client.get("/s/aaa2222").get_data(as_text=True)
    token = page.split('name="token" value="')[1].split('"')[0]
    assert client.post("/s/aaa2222", data=FORM | {"token": token}).status_code == 303
    export_parquet(survey, tmp_path / "out")
    row = duckdb.sql(f"SELECT * FROM read_parquet('{tmp_path}/out/**/*.parquet', hive_partitioning=true)").fetchall()[0]
    names = duckdb.sql(f"DESCRIBE SELECT * FROM read_parquet('{tmp_path}/out/**/*.parquet')").fetchall()
    values = dict(zip([name for name, *_ in names], row, strict=False))
    assert (values["measure"], values["overall"], values["services_bus"], values["recommend"]) == (4, 4, 5, 8)
    assert values["home_county"] == "甲县"
    assert not any("comment" in name for name in values)
    survey = db.session.scalars(select(Survey)).first()
    with pytest.raises(ExportError, match="already there"):
        export_parquet(survey, tmp_path / "out")


def test_spark_without_its_packages_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setitem(__import__("sys").modules, "pyspark.sql", None)
    plan = tmp_path / "plan.yaml"
    plan.write_text(
        "measure: {question: overall, satisfied: [4, 5], scale: [1, 2, 3, 4, 5]}\ndesign: {psu: site, weight: weight}\n"
    )
    result = CliRunner().invoke(cli, ["estimate", str(CITY), "--plan", str(plan), "--engine", "spark"])
    assert result.exit_code == 2
    assert "minyi[spark]" in result.output
