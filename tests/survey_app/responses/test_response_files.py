"""Data files read back equal what is stored, in every format, with their labels."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime

import duckdb
import pandas as pd
import pyreadstat
import pytest
from click.testing import CliRunner
from openpyxl import load_workbook
from sqlalchemy import select, update

from questionnaires.missing import MISSING_CODES
from survey_app.answering.open_sites import open_site
from survey_app.answering.submission import submit
from survey_app.documents.spreadsheets import harmless
from survey_app.models import QuestionnaireVersion, Response, Site, db
from survey_app.responses.data_files import ResponseFileError, write_responses, write_rows
from survey_app.responses.parquet import export_parquet
from survey_app.responses.variables import Variable, variables
from survey_app.responses.written import Style
from tests.questionnaires.test_answers import EVERY, TEXT, WHOLE
from tests.support.city import FORM, small_city
from tests.support.r import in_r

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
    assert write_responses(survey, tmp_path / "a.csv", with_text=True).rows == 3
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["overall"] for row in rows] == [str(row.measure) for row in stored()]
    assert {row["overall"]: (row["improve_speed"], row["improve_none"]) for row in rows} == {
        "4": ("-91", "-91"),  # not shown to who is satisfied
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


def test_what_is_no_answer_is_declared_and_counts_in_no_mean(survey, tmp_path):
    """The bus is rated 5 by all, parking was not used by any; the schools were passed over."""
    kinds = {"services_parking": "not_used", "services_education": "skipped", "improve_speed": "not_shown"}
    rows = read_csv(survey, tmp_path)
    assert {rows[0][name] for name in ("services_parking", "services_education")} == {"-95", "-92"}
    with (tmp_path / "a-codes.csv").open(encoding="utf-8-sig", newline="") as file:
        codes = {(line["column"], line["code"]): line["missing"] for line in csv.DictReader(file)}
    assert {name: codes[name, str(code)] for name, code in zip(kinds, (-95, -92, -91), strict=True)} == kinds
    write_responses(survey, tmp_path / "a.sav")
    plain, _meta = pyreadstat.read_sav(str(tmp_path / "a.sav"))
    assert plain["services_parking"].isna().all()
    assert plain["services_bus"].mean() == 5
    whole, meta = pyreadstat.read_sav(str(tmp_path / "a.sav"), user_missing=True)
    assert set(whole["services_parking"]) == {-95.0}
    assert meta.variable_value_labels["services_parking"][-95.0] == "没用过"
    assert meta.missing_ranges["services_parking"] == [{"lo": -95.0, "hi": -91.0}]
    write_responses(survey, tmp_path / "a.dta")
    whole, meta = pyreadstat.read_dta(str(tmp_path / "a.dta"), user_missing=True)
    assert set(whole["services_parking"]) == {"e"}
    assert set(whole["services_education"]) == {"b"}
    assert meta.variable_value_labels["services_parking"]["e"] == "没用过"
    export_parquet(survey, tmp_path / "p")
    table = duckdb.sql(f"SELECT * FROM read_parquet('{tmp_path}/p/**/*.parquet')").df()
    assert set(table["services_parking"]) == {-95}
    assert (tmp_path / "p" / "wave=wave1" / "_codes.csv").exists()


def test_every_format_has_the_same_columns(survey, tmp_path):
    names = set(read_csv(survey, tmp_path)[0])
    export_parquet(survey, tmp_path / "p", with_text=True)
    place = f"read_parquet('{tmp_path}/p/**/*.parquet', hive_partitioning=true)"
    table = duckdb.sql(f"SELECT * FROM {place}").df()
    assert set(table.columns) - {"wave"} == names
    assert "comment" in names
    assert set(table["comment"]) == {row["comment"].removeprefix("'") for row in read_csv(survey, tmp_path)}
    for ending, read in ((".sav", pyreadstat.read_sav), (".dta", pyreadstat.read_dta)):
        write_responses(survey, tmp_path / f"a{ending}", with_text=True)
        assert set(read(str(tmp_path / f"a{ending}"))[1].column_names) == names - {"improve_10+"}


def test_days_are_dates_in_the_survey_s_zone(survey, tmp_path):
    """Finished at 17:30 in London on the 2nd: in Shanghai it was the 3rd."""
    db.session.execute(update(Response).values(finished_at=datetime(2026, 3, 2, 17, 30, tzinfo=UTC)))
    wanted = {date(2026, 3, 3)}
    for ending, read in ((".sav", pyreadstat.read_sav), (".dta", pyreadstat.read_dta)):
        write_responses(survey, tmp_path / f"a{ending}")
        assert set(read(str(tmp_path / f"a{ending}"))[0]["day"]) == wanted
    write_responses(survey, tmp_path / "a.xlsx")
    sheet = load_workbook(tmp_path / "a.xlsx", read_only=True)["应答"]
    assert {row[0].date() for row in sheet.iter_rows(min_row=2, values_only=True)} == wanted


def test_a_quote_stands_before_formulas_unless_it_is_asked_for_and_never_before_a_number(survey, tmp_path):
    write_responses(survey, tmp_path / "a.csv", with_text=True, guarded=False)
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        assert "=HYPERLINK(1) 〔电话〕" in {row["comment"] for row in csv.DictReader(file)}
    assert [harmless(text) for text in ("-5", "+1.5", "-1e3", "-a", "@b", 7)] == ["-5", "+1.5", "-1e3", "'-a", "'@b", 7]


def test_stata_s_file_is_release_118_and_labels_are_cut_aloud_at_the_format_s_own_limit(tmp_path):
    long = Variable("q", "长" * 200, "whole", {1: "值" * 9000, 2: "二"}, "q", missing=MISSING_CODES)
    for ending, label, words in ((".dta", 80, 8000), (".sav", 85, 40)):
        out = tmp_path / f"a{ending}"
        found = write_rows(iter([[1], [-95]]), [long], out, Style("某调查"))
        assert [said.key for said in found.told] == ["responses.labels_cut", "responses.words_cut"]
        meta = (pyreadstat.read_dta if ending == ".dta" else pyreadstat.read_sav)(str(out))[1]
        assert (len(meta.column_labels[0]), len(meta.variable_value_labels["q"][1.0])) == (label, words)
    assert b"<release>118</release>" in (tmp_path / "a.dta").read_bytes()[:60]


def test_r_reads_stata_s_file_whole(survey, tmp_path):
    """Words, labels and kinds of missing, by haven."""
    write_responses(survey, tmp_path / "a.dta", with_text=True)
    said = in_r(
        "library(haven); d <- read_dta('a.dta'); cat(attr(d$services_parking, 'label'), na_tag(d$services_parking)[1], "
        "names(attr(d$overall, 'labels'))[5], sort(as.character(d$comment), decreasing = TRUE)[1], class(d$day), sep = '|')",
        tmp_path, "haven",
    )  # fmt: skip
    assert said.startswith("停车 — 最近一年")
    assert said.split("|")[1:] == ["e", "很满意", "很好", "Date"]


def test_every_type_of_question_leaves_in_every_format(sqlite_app, tmp_path):
    """Dates as dates, ranks, numbers and words; who was shown a question and passed it over has its code there too."""
    version = QuestionnaireVersion(name="every", digest=EVERY.digest, body=TEXT)
    survey = small_city(questionnaire=version)
    site = open_site(db.session.scalars(select(Site).where(Site.code == "aaa2222")).one())
    for key, form in (("whole", WHOLE), ("bare", {"name": ["李四"], "overall": ["5"], "_skip": ["people"]})):
        submit(site, form, key, "zh", datetime.now(UTC))
    write_responses(survey, tmp_path / "a.csv", with_text=True)
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["name"]: row for row in csv.DictReader(file)}
    whole, bare = rows["王芳"], rows["李四"]
    assert [whole[key] for key in ("people", "since", "order_health", "order_school", "district")] == [
        "3",
        "2019-04-01",
        "1",
        "",
        "d12",
    ]
    assert [bare[key] for key in ("people", "since", "order_health", "district", "many")] == [
        "-92",
        "-92",
        "-91",
        "-92",
        "-91",
    ]
    write_responses(survey, tmp_path / "a.sav", with_text=True)
    frame, _meta = pyreadstat.read_sav(str(tmp_path / "a.sav"))
    assert set(frame["since"].dropna()) == {date(2019, 4, 1)}
    write_responses(survey, tmp_path / "a.dta", with_text=True)
    frame, _meta = pyreadstat.read_dta(str(tmp_path / "a.dta"), user_missing=True)
    assert set(frame["since"]) == {date(2019, 4, 1), "b"}
    export_parquet(survey, tmp_path / "p", with_text=True)
    table = duckdb.sql(
        f"SELECT since, people FROM read_parquet('{tmp_path}/p/**/*.parquet') ORDER BY people"
    ).fetchall()
    assert table == [("-92", -92.0), ("2019-04-01", 3.0)]


def read_csv(survey, folder):
    write_responses(survey, folder / "a.csv", with_text=True)
    with (folder / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


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
