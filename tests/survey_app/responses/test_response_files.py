"""Data files read back equal what is stored, in every format, with their labels."""

from __future__ import annotations

import csv
from datetime import UTC, datetime

import duckdb
import pandas as pd
import pyreadstat
import pytest
from click.testing import CliRunner
from openpyxl import load_workbook
from sqlalchemy import select

from survey_app.answering.open_sites import open_site
from survey_app.answering.submission import submit
from survey_app.models import Response, Site, db
from survey_app.responses.data_files import ResponseFileError, variables, write_responses
from survey_app.responses.parquet import export_parquet
from tests.support.city import FORM, small_city

FORMULA = "=HYPERLINK(1) 13812345678"


@pytest.fixture
def survey(sqlite_app):
    """Three complete responses and one screened out."""
    survey = small_city()
    site = open_site(db.session.scalars(select(Site).where(Site.code == "aaa2222")).one())
    for place, more in enumerate(({}, {"overall": ["2"], "improve": ["speed", "easy"]}, {"comment": [FORMULA]})):
        submit(site, {**FORM, **more}, f"key{place}", "zh", datetime.now(UTC))
    submit(site, {"home": ["elsewhere"]}, "key9", "zh", datetime.now(UTC))
    return survey


def stored() -> list[Response]:
    return list(db.session.scalars(select(Response).where(Response.state == "complete").order_by(Response.receipt)))


def test_csv_holds_every_complete_response_and_no_formula(survey, tmp_path):
    assert write_responses(survey, tmp_path / "a.csv", with_text=True) == 3
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["overall"] for row in rows] == [str(row.measure) for row in stored()]
    assert {row["overall"]: (row["improve_speed"], row["improve_none"]) for row in rows} == {
        "4": ("", ""),
        "2": ("1", "0"),
    }
    assert {row["comment"] for row in rows} == {"很好", "'=HYPERLINK(1) 〔电话〕"}


@pytest.mark.parametrize("name", ["a.csv", "parquet"])
def test_a_file_of_answers_names_the_day_and_neither_minute_nor_site_nor_receipt(survey, tmp_path, name):
    if name == "parquet":
        export_parquet(survey, tmp_path / name)
        found = duckdb.sql(f"SELECT * FROM read_parquet('{tmp_path}/{name}/**/*.parquet')").df().astype(str)
    else:
        write_responses(survey, tmp_path / name)
        with (tmp_path / name).open(encoding="utf-8-sig", newline="") as file:
            found = pd.DataFrame(csv.DictReader(file))
    assert not {"receipt", "finished", "finished_at", "started_at", "site_name", "response"} & set(found.columns)
    assert set(found["day"].str.len()) == {10}
    assert all(label.startswith("P000") for label in found["psu"])
    text = found.to_csv()
    assert not any(hidden in text for hidden in ("aaa2222", "一号点", *(row.receipt for row in stored())))


def test_free_text_stays_unless_it_is_asked_for(survey, tmp_path):
    write_responses(survey, tmp_path / "a.csv")
    assert "comment" not in (tmp_path / "a.csv").read_text(encoding="utf-8-sig")


def test_a_workbook_shows_words_and_lists_the_codes(survey, tmp_path):
    write_responses(survey, tmp_path / "a.xlsx")
    book = load_workbook(tmp_path / "a.xlsx", read_only=True)
    heading, *rows = book["应答"].iter_rows(values_only=True)
    place = heading.index("总的来说，您对本市智慧城市建设的效果满意还是不满意？")
    assert sorted(row[place] for row in rows) == ["不太满意", "比较满意", "比较满意"]
    assert ("overall", 4, "比较满意") in [(a, c, d) for a, _, c, d in book["编码"].iter_rows(values_only=True)]


@pytest.mark.parametrize(("language", "words"), [("zh", "比较满意"), ("en", "Fairly satisfied")])
def test_spss_reads_codes_and_labels(survey, tmp_path, language, words):
    write_responses(survey, tmp_path / "a.sav", language)
    frame, meta = pyreadstat.read_sav(str(tmp_path / "a.sav"))
    assert list(frame["overall"]) == [float(row.measure) for row in stored()]
    assert list(frame["base_weight"]) == pytest.approx([100 * 20 / 3] * 3)  # typed for a take of 20, taken 3
    assert meta.variable_value_labels["overall"][4.0] == words
    assert len(meta.column_names) == len(set(meta.column_names)) == len(variables(survey_definition(survey)))


def test_stata_reads_numbers_with_labels_for_worded_codes(survey, tmp_path):
    write_responses(survey, tmp_path / "a.dta", "en")
    frame, meta = pyreadstat.read_dta(str(tmp_path / "a.dta"), apply_value_formats=True)
    assert list(frame["sex"]) == ["Female" if row.sex == "female" else "Male" for row in stored()]
    assert meta.column_names_to_labels["base_weight"] == "Base weight"


def survey_definition(survey):
    from survey_app.answering.definitions import definition_of

    return definition_of(survey)


def test_a_file_that_cannot_be_written_leaves_nothing(sqlite_app, tmp_path):
    survey = small_city()
    for name in ("a.csv", "a.xlsx", "a.sav", "a.dta", "a.ods"):
        with pytest.raises(ResponseFileError):
            write_responses(survey, tmp_path / name)
    assert [path.name for path in tmp_path.iterdir() if "a." in path.name] == []


def test_the_command_asks_for_one_place(tmp_path, monkeypatch):
    from survey_app.cli import cli

    monkeypatch.setenv("MINYI_INSTANCE", str(tmp_path))
    reply = CliRunner().invoke(cli, ["export", "wave1"])
    assert reply.exit_code == 2
    assert "--to" in reply.output


def test_the_file_for_review_is_refused_without_its_reason(tmp_path, monkeypatch):
    from survey_app.cli import cli

    monkeypatch.setenv("MINYI_INSTANCE", str(tmp_path))
    reply = CliRunner().invoke(cli, ["export", "wave1", "--review", "--to", str(tmp_path / "r.csv")])
    assert (reply.exit_code, "--reason" in reply.output) == (2, True)
    assert not (tmp_path / "r.csv").exists()
