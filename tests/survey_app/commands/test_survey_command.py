"""`minyi survey` from an empty database to a second wave, with wrong input on the way."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from survey_app.cli import cli
from tests.support.stored import empty, this_run

AREAS = "编码,名称,上级,常住人口\n11,甲县,1,200000\n12,乙县,1,100000\n"
SITES = "site,county,size,base_weight,target\n" + "".join(
    f"{area}{n}村,{area},2000,100,20\n" for area in ("甲县", "乙县") for n in (1, 2)
)


@pytest.fixture
def minyi(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", this_run().on_sqlite(empty, tmp_path / "minyi.sqlite3"))
    monkeypatch.setenv("MINYI_INSTANCE", str(tmp_path))
    monkeypatch.setenv("MINYI_HANDLER", "某市统计局")
    monkeypatch.setenv("MINYI_CONTACT", "12345")
    for name, text in (("areas.csv", AREAS), ("sites.csv", SITES)):
        (tmp_path / name).write_text(text, encoding="utf-8")

    def run(*arguments: str):
        result = CliRunner().invoke(cli, [argument.replace("@", f"{tmp_path}/") for argument in arguments])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return run


def test_a_survey_is_made_filled_opened_closed_and_cloned(minyi):
    assert minyi("survey", "create", "one-1", "--title", "一", "--city-code", "1").exit_code == 2  # which city?
    made = minyi(
        "survey", "create", "one-1", "--title", "一", "--city-code", "1", "--city", "某市",
        "--opens", "2026-01-01T09:00", "--closes", "2099-01-01T18:00", "--json",
    )  # fmt: skip
    document = json.loads(made.stdout)
    assert (document["state"], document["opens_at"]) == ("draft", "2026-01-01T09:00+08:00")
    assert {lack["step"] for lack in document["lacks"] if lack["level"] == "stop"} == {"areas", "sites", "plan"}
    refused = minyi("survey", "lock", "one-1")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert json.loads(minyi("survey", "import-areas", "@areas.csv", "--dry-run", "--json").stdout)["stored"] is False
    assert json.loads(minyi("survey", "import-areas", "@areas.csv", "--json").stdout)["add"] == 2
    wrong = minyi("survey", "import-sites", "one-1", "@areas.csv", "--json")
    assert (wrong.exit_code, json.loads(wrong.stdout)["stored"]) == (2, False)
    assert minyi("survey", "import-sites", "one-1", "@sites.csv").exit_code == 0
    refused = minyi("survey", "lock", "one-1")
    assert (refused.exit_code, "respondents: {by: …}" in refused.stderr) == (2, True)
    refused = minyi("survey", "lock", "one-1", "--respondents", "posters")
    assert (refused.exit_code, "respondents.exception" in refused.stderr) == (2, True)
    assert minyi("survey", "lock", "one-1", "--exception", "本次只张贴海报。", "--dry-run").exit_code == 0
    assert json.loads(minyi("survey", "show", "one-1", "--json").stdout)["state"] == "draft"
    assert (
        json.loads(minyi("survey", "show", "one-1", "--json").stdout)["respondents"] is None
    )  # the dry run kept nothing
    locked = minyi("survey", "lock", "one-1", "--exception", "本次只张贴海报。")
    assert (locked.exit_code, "Two people must sign" in locked.stderr) == (0, True)  # there is no account yet
    assert "--accept-warnings" in minyi("survey", "open", "one-1").stderr
    assert json.loads(minyi("survey", "open", "one-1", "--accept-warnings", "--json").stdout)["plan_version"] == 1
    assert minyi("survey", "clone", "one-1", "two-2", "--title", "二", "--keep-codes").exit_code == 2
    for move in ("pause", "open", "close"):
        assert minyi("survey", move, "one-1").exit_code == 0, move
    assert minyi("survey", "clone", "one-1", "two-2", "--title", "二", "--keep-codes").exit_code == 0
    minyi("survey", "archive", "one-1")
    listed = json.loads(minyi("survey", "list", "--json").stdout)
    assert [(row["code"], row["wave"], row["wave_of"]) for row in listed] == [("two-2", 2, "one-1")]


def test_a_template_of_margins_has_the_levels_of_its_survey(minyi, tmp_path):
    minyi("survey", "create", "one-1", "--title", "一", "--city-code", "1", "--city", "某市")
    minyi("survey", "import-areas", "@areas.csv")
    assert minyi("survey", "template", "margins", "--survey", "one-1", "--out", "@m.csv").exit_code == 0
    assert "居住地,甲县," in (tmp_path / "m.csv").read_text(encoding="utf-8-sig")
    assert minyi("survey", "template", "sites", "--out", "@m.pdf").exit_code == 2
    assert minyi("survey", "show", "nobody").exit_code == 2


def test_a_closing_day_without_an_hour_is_its_end_and_is_told_with_its_zone(minyi):
    made = minyi(
        "survey", "create", "zone-1", "--title", "x", "--city-code", "990000", "--city", "某市",
        "--opens", "2026年1月1日", "--closes", "2026-12-31", "--json",
    )  # fmt: skip
    document = json.loads(made.stdout)
    assert (document["opens_at"], document["closes_at"]) == ("2026-01-01T00:00+08:00", "2026-12-31T23:59+08:00")
    told = minyi("survey", "show", "zone-1").stdout
    assert "opens 2026-01-01 00:00 (UTC+08:00), closes 2026-12-31 23:59 (UTC+08:00), Asia/Shanghai" in told
    refused = minyi("survey", "create", "zone-2", "--title", "x", "--city-code", "990000", "--closes", "31.12.2026")
    assert refused.exit_code == 2
    assert "'31.12.2026' is no day or time" in refused.stderr
    zone = minyi(
        "survey",
        "create",
        "y",
        "--title",
        "x",
        "--city-code",
        "990000",
        "--closes",
        "2026-12-31",
        "--time-zone",
        "Mars",
    )
    assert "there is no time zone 'Mars'" in zone.stderr
