"""With a rulebook of odd lines nothing anywhere speaks of Jining's: every page, table, file, report and command."""

from __future__ import annotations

import io
import re

import pytest
from click.testing import CliRunner
from docx import Document
from openpyxl import load_workbook
from sqlalchemy import select

from analysis.scoring import programme_files
from analysis.scoring.programme import load_programme
from analysis.scoring.programme_files import all_files
from survey_app.cli import cli
from survey_app.documents.as_pdf import _has_chinese_font
from survey_app.ground.rulebooks import name_in
from survey_app.models import EstimateRun, ScoringRun, db
from survey_app.values.periods import current_period
from tests.support.city import scored_city
from tests.support.office import text_of
from tests.support.people import enter, person
from tests.support.zones import odd_text
from tests.survey_app.console.test_permissions import NOTHING_THERE, things

# lines as per cent, ten points off, the incident; not the ticks of an axis, not the '60+' of an age, not 70 of 'n'
JINING = re.compile(r"(?<![\d.])[67]0\s?%|[减−-]\s?10\s?分|\b10 points off|重大网络安全事件")
REQUIRED = re.compile(
    r"[\w）)，] ?(?:≥|≤|<|>|&lt;|&gt;) [\d.]+%"
)  # of an indicator's tier, which is no line of satisfaction
FILES = {"spreadsheetml": "xlsx", "wordprocessingml": "docx"}


@pytest.fixture
def odd(sqlite_app, monkeypatch):
    jining = all_files()["jining-2023@1"]
    files = {
        "programme.yaml": jining["programme.yaml"].replace("jining-2023", "odd-jining-2023"),
        "goals.yaml": jining["goals.yaml"],
        "registers.yaml": jining["registers.yaml"].replace("jining-2023", "odd-jining-2023"),
    }
    for name in ("jining-2023-municipal", "jining-2023-county"):
        files[f"rulebooks/odd-{name}.yaml"] = odd_text(name)
    monkeypatch.setattr(programme_files, "ADDED", [lambda: {"odd-jining-2023@1": files}])
    name_in(current_period(), load_programme("odd-jining-2023"))
    scored_city()
    return sqlite_app


def words_of(response) -> str:
    """What a person reads of an answer: text of a page without its drawings, of a table, a workbook, a document."""
    kind = next((name for mark, name in FILES.items() if mark in response.mimetype), "")
    if kind == "docx":
        document = Document(io.BytesIO(response.data))
        cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
        return "\n".join([paragraph.text for paragraph in document.paragraphs] + cells)
    if kind == "xlsx":
        sheets = load_workbook(io.BytesIO(response.data)).worksheets
        return "\n".join(str(cell) for sheet in sheets for row in sheet.values for cell in row if isinstance(cell, str))
    if response.mimetype == "image/svg+xml":  # the words of a drawing, without the numbers along its axes
        drawn = re.sub(r'<g class="mark-text role-axis-label".*?</g>', "", response.get_data(as_text=True), flags=re.S)
        return re.sub(r"<[^>]*>", "\n", drawn)
    if not response.mimetype.startswith("text/"):
        return ""
    return re.sub(
        r"<svg.*?</svg>|<style.*?</style>|<meter.*?</meter>( \d+%)?", "", response.get_data(as_text=True), flags=re.S
    )


def spoken(text: str) -> str:
    """The first thing of Jining's in a text, with what stands around it; '' where there is none."""
    text = REQUIRED.sub("", text)
    told = JINING.search(text)
    return text[max(told.start() - 40, 0) : told.end() + 20] if told else ""


def test_the_city_is_decided_by_its_rulebook_and_the_counties_by_theirs(odd):
    result = db.session.scalars(select(EstimateRun)).one().result
    assert result["decision"]["rulebook"] == "odd-jining-2023-municipal"
    assert result["decision"]["points"] in (0, -7.3, None)
    assert {row["decision"]["rulebook"] for row in result["domains"]["rated_county"]} == {"odd-jining-2023-county"}
    assert {row["decision"]["rulebook"] for row in result["domains"]["home_county"]} == {"odd-jining-2023-county"}


@pytest.mark.parametrize(("language", "tables"), [("zh", "csv"), pytest.param("en", "", marks=pytest.mark.checks)])
def test_no_page_table_file_or_report_speaks_of_other_lines(odd, language, tables):
    """Tables leave in Chinese as CSV: the workbook and the English one are made of the same rows and words."""
    client = enter(odd.test_client(), person("administrator", "", "").user)
    client.set_cookie("minyi_language", language)
    found, seen, drawings = {}, 0, 0
    for thing in things():
        if thing.method != "GET" or thing.endpoint in NOTHING_THERE:
            continue
        page = client.get(thing.address)
        links = (
            set(re.findall(rf'href="([^"]*[?&;](?:table|figure)=[^"]*format={tables})"', words_of(page)))
            if tables
            else set()
        )
        links |= set(re.findall(r'href="([^"]*figure=[^"]*format=svg)"', words_of(page)))
        drawings += sum("format=svg" in link for link in links)
        for address in [thing.address, *(link.replace("&amp;", "&") for link in sorted(links))]:
            told = spoken(words_of(page if address == thing.address else client.get(address)))
            seen += 1
            if told:
                found[address] = told
    assert found == {}
    assert seen > 60
    assert drawings >= 3


def test_no_report_and_no_command_speaks_of_other_lines(odd, tmp_path):
    run, card = db.session.scalars(select(EstimateRun)).one(), db.session.scalars(select(ScoringRun)).first()
    values = tmp_path / "values.json"
    values.write_text("{}", encoding="utf-8")
    city = "odd-jining-2023-municipal"
    asked = [
        ["run"], ["rulebook", "show", city], ["score", str(values), "--rulebook", city, "--satisfaction", "0.65"],
        ["score", str(values), "--rulebook", city, "--satisfaction", "0.55", "--se", "0.03", "--df", "40"],
        ["final", "check"], ["verify", "run", str(run.id)],
    ]  # fmt: skip
    table, plan, frame, gap, areas = (tmp_path / name for name in ("t.csv", "p.yaml", "f.csv", "g.csv", "areas"))
    table.write_text(
        "\n".join(["county,site,q,w", *(f"{'ab'[n % 2]},s{n % 8},{n % 5 + 1},1" for n in range(80))]), "utf-8"
    )
    plan.write_text(
        "measure: {question: q, satisfied: [3, 4, 5], scale: [1, 2, 3, 4, 5], points: [0, 25, 50, 75, 100]}\n"
        "design: {strata: county, psu: site, weight: w}\ndomains: [county]\n",
        "utf-8",
    )
    frame.write_text("\n".join(["site,county,size", *(f"s{n},{'ab'[n % 2]},{900 + n}" for n in range(80))]), "utf-8")
    gap.write_text("area,field,satisfaction,se,points_share\na,x,0.71,0.02,0.5\na,y,0.5,0.02,0.8\n", "utf-8")
    areas.mkdir()
    (areas / "a.json").write_text("{}", "utf-8")
    figure = ("--satisfaction", "0.65")
    asked += [
        ["outlook", str(values), "--rulebook", city, *figure, "--se", "0.03", "--df", "40", "--draws", "64"],
        ["upgrades", str(values), "--rulebook", city, "--target", "三星级", *figure],
        ["plan", "sample", "--frame", str(frame), "--assume", "0.65", "--power", "0.8", "--rulebook", city],
        ["estimate", str(table), "--plan", str(plan), "--rulebook", city, "--sensitivity"],
        ["estimate", str(table), "--plan", str(plan), "--json"], ["gap", str(gap)], ["final", "run"],
        ["score-all", str(areas), "--city", "a", "--counties", "1"],
    ]  # fmt: skip
    endings = ("docx", "xlsx", *(["pdf"] if _has_chinese_font() else []))
    for suffix in endings:
        asked += [
            ["report", "estimate", str(run.id), "--to", str(tmp_path / f"e.{suffix}")],
            ["report", "score", str(card.id), "--to", str(tmp_path / f"s.{suffix}")],
        ]
    for arguments in asked:
        told = CliRunner().invoke(cli, arguments, env={"DATABASE_URL": odd.config["SQLALCHEMY_DATABASE_URI"]})
        assert spoken(told.output) == "", arguments
        assert told.exit_code in (0, 2), (arguments, told.exception)
    for path in tmp_path.glob("?.pdf"):
        told = re.sub(r"(?:\s*\d+%){2,}|[≥≤<>]\s*[\d.]+%", "", text_of(path.read_bytes()))  # without axes and tiers
        assert spoken(told) == "", path.name
    for path in tmp_path.glob("?.xlsx"):
        cells = [
            str(cell) for sheet in load_workbook(path) for row in sheet.values for cell in row if isinstance(cell, str)
        ]
        assert spoken("\n".join(cells)) == "", path.name
    for path in tmp_path.glob("?.docx"):
        document = Document(path)
        cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
        assert spoken("\n".join([*(part.text for part in document.paragraphs), *cells])) == ""
