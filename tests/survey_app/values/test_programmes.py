"""Programmes: read from an archive whole or not at all, added in versions, chosen, never removed where they are used."""

from __future__ import annotations

import io
import json
import zipfile
from importlib.resources import files

import pytest
from alembic import command
from click.testing import CliRunner
from sqlalchemy import create_engine, delete, select, text

from analysis.scoring import load_rulebook
from analysis.scoring.loading import NoProgrammeError
from analysis.scoring.programme import load_programme, programme_with
from analysis.scoring.programme_files import all_files, digest_of_files, questionnaire_named
from definitions import DefinitionError
from survey_app.cli import cli
from survey_app.database import alembic_config, upgrade
from survey_app.ground import rulebooks
from survey_app.models import AddedProgramme, Area, AuditEntry, IndicatorValue, KeptSetting, Period, db
from survey_app.surveys import questionnaire_versions
from survey_app.values import programmes
from survey_app.values.periods import current_period, make_period
from survey_app.values.programme_archive import DIGESTS, ArchiveError, archive, from_archive
from survey_app.values.programmes import ProgrammeError
from tests.support.city import small_city
from tests.support.people import client_of, csrf
from tests.support.programmes import NAME, invented, packed

ASKED = files("questionnaires").joinpath("library/citizen-experience.yaml").read_text(encoding="utf-8")
READINGS = """id: shili-2030
rulebooks: [shili-2030-city]
readings:
  - {id: over, rows: {shili-2030-city: [1]}, reads: 含, alternative: 不含, instead: {compare: {near: ">"}}}
"""


def zipped(parts: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", compression) as file:
        for name, body in parts.items():
            file.writestr(name, body)
    return made.getvalue()


def parts(**changes: object) -> dict[str, bytes]:
    return {path: text.encode() for path, text in invented(**changes).items()}  # type: ignore[arg-type]


def test_what_is_written_is_read_again_and_the_same_folder_gives_the_same_file():
    jining = all_files()["jining-2023@1"]
    assert from_archive(archive(jining)) == jining
    assert archive(jining) == archive(dict(reversed(jining.items())))
    assert digest_of_files(jining) == load_programme("jining-2023").digest
    assert from_archive(zipped({f"江城/{path}": body for path, body in parts().items()})) == invented()


def a_link() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        entry = zipfile.ZipInfo("programme.yaml")
        entry.external_attr = 0o120777 << 16
        file.writestr(entry, "/etc/passwd")
    return made.getvalue()


def claims_little(body: bytes) -> bytes:
    """A packed file whose entry says that it is small."""
    data = bytearray(zipped({"programme.yaml": body}))
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = (10).to_bytes(4, "little")
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"no archive at all", "no sound ZIP"),
        (packed()[:-40], "no sound ZIP"),
        (zipped({"../../etc/cron.d/x": b"x", **parts()}), "leads outside"),
        (zipped({"/etc/x": b"x", **parts()}), "leads outside"),
        (zipped({"rulebooks\\..\\x.yaml": b"x", **parts()}), "leads outside"),
        (a_link(), "leads outside"),
        (zipped({"programme.yaml": b"#" * (200 * 1024 * 1024)}), "too large"),
        (claims_little(b"#" * (20 * 1024 * 1024)), "too large|no sound ZIP"),
        (zipped({f"rulebooks/{n}.yaml": b"x" for n in range(2000)}), "too large"),
        (zipped({path: body for path, body in parts().items() if path != "programme.yaml"}), "'programme.yaml' is missing"),
        (zipped({**parts(), "goals.yaml": "目标".encode("gbk")}), "no UTF-8"),
        (zipped({**parts(), DIGESTS: b"0" * 64 + b"  programme.yaml\n"}), "DIGESTS says"),
        (zipped({**parts(), DIGESTS: b"0" * 64 + b"  gone.yaml\n"}), "'gone.yaml' is missing"),
    ],
)  # fmt: skip
def test_a_broken_archive_is_one_sentence(data, says):
    with pytest.raises(ArchiveError, match=says) as refused:
        from_archive(data)
    assert "\n" not in str(refused.value)


def test_a_changed_file_does_not_fit_the_digest_it_came_with():
    with zipfile.ZipFile(io.BytesIO(packed())) as file:
        held = {entry.filename: file.read(entry) for entry in file.infolist()}
    held[f"rulebooks/{NAME}-city.yaml"] += b"\n# softened\n"
    with pytest.raises(ArchiveError, match="is not what DIGESTS says"):
        from_archive(zipped(held))


@pytest.mark.parametrize(
    ("path", "old", "new", "says"),
    [
        ("programme.yaml", "county: shili-2030-county", "county: gone", "rulebooks/gone.yaml' is missing"),
        ("programme.yaml", "version: 1", "version: 0", "^programme.yaml:3: version: must be ≥ 1"),
        ("programme.yaml", "id: shili", "id: 示例", "^programme.yaml:2: id: not written as it must be"),
        ("programme.yaml", "indicators: [2]", "indicators: [9]", "no indicator 9"),
        ("programme.yaml", "invented: true", "questionaire: x", "questionaire"),
        ("goals.yaml", "at_least: 银叶", "at_least: 三星级", "no star '三星级'"),
        ("rulebooks/shili-2030-county.yaml", "level: county", "level: city", "has the level county"),
        ("rulebooks/shili-2030-county.yaml", "near >= 60%", "far >= 60%", "far"),
        ("extra.yaml", "", "a: 1", "no file of a programme"),
        ("programme.yaml", "虚构〔2030〕1号}", "x, date: 2030年1月}", "^programme.yaml:5: source.date: expected a day"),
        ("programme.yaml", "counties: 3", "counties: -3", "^programme.yaml:6: city.counties: must be ≥ 0"),
        (
            "scopes.yaml",
            "",
            "scopes:\n  - {rows: {shili-2030-city: [9]}, zh: 甲, en: A}",
            "^scopes.yaml:2: .*no indicator 9",
        ),
        ("readings.yaml", "", READINGS.replace("near", "far"), "^readings.yaml:4: .*changes nothing in its rows"),
    ],
)
def test_a_check_says_what_does_not_fit_together(path, old, new, says):
    texts = invented()
    texts[path] = texts.get(path, "").replace(old, new) if old else new
    with pytest.raises(DefinitionError, match=says):
        programmes.usable(texts)


def test_a_bare_day_and_a_reading_that_changes_a_rule_are_taken():
    texts = {**invented(), "readings.yaml": READINGS}
    texts["programme.yaml"] = texts["programme.yaml"].replace("1号}", "1号, date: 2030-01-05}")
    assert programmes.usable(texts).source.date == "2030-01-05"


def test_a_page_says_what_to_choose_and_no_command(sqlite_app):
    small_city()
    db.session.query(Period).update({"programme": "", "city_rulebook": "", "county_rulebook": ""})
    db.session.query(KeptSetting).filter_by(name=rulebooks.SETTING).delete()
    db.session.commit()
    page = client_of(sqlite_app, "scorer").get("/console/scorecards")
    assert page.status_code == 409
    assert "选定一个方案" in page.text
    assert "minyi " not in page.text


def test_where_no_place_is_entered_yet_the_scorecards_say_what_comes_first(sqlite_app):
    rulebooks.name_in(current_period(), load_programme("jining-2023"))
    db.session.commit()
    page = client_of(sqlite_app, "manager").get("/console/scorecards")
    assert page.status_code == 200
    assert "/console/areas" in page.text


def test_a_new_version_stands_beside_the_old_and_a_rulebooks_id_keeps_its_rules(sqlite_app):
    programmes.add(invented())
    with pytest.raises(ProgrammeError, match="there already"):
        programmes.add(invented())
    with pytest.raises(ProgrammeError, match="raise its version"):
        programmes.add(invented() | {"goals.yaml": invented()["goals.yaml"].replace("2031", "2032")})
    softer = invented(version=2)
    softer["rulebooks/shili-2030-city.yaml"] = softer["rulebooks/shili-2030-city.yaml"].replace("60%", "50%")
    with pytest.raises(ProgrammeError, match="an id of their own"):
        programmes.add(softer)
    programmes.add(invented(version=2, counties=5))
    assert [one.programme.ref for one in programmes.listed()] == ["jining-2023@1", "shili-2030@2", "shili-2030@1"]
    assert load_programme(NAME).version == 2
    assert load_programme(f"{NAME}@1").version == 1
    assert load_rulebook(f"{NAME}-city").title == "江城宜居指标（虚构）"
    assert programme_with(f"{NAME}-county").id == NAME
    assert db.session.scalars(select(AuditEntry.action)).all() == ["programme.add"] * 2


def test_what_is_used_stays_and_says_by_what(sqlite_app):
    small_city()
    programmes.add(invented())
    city = db.session.scalars(select(Area).where(Area.kind == "city")).one()
    with pytest.raises(ProgrammeError, match="comes with Minyi"):
        programmes.remove("jining-2023@1", "x")
    programmes.use(NAME, None, city, "试点")
    with pytest.raises(ProgrammeError, match="period '2023' goes by it"):
        programmes.remove(f"{NAME}@1", "x")
    db.session.commit()
    programmes.use("jining-2023", None, city, "改回")
    programmes.remove(f"{NAME}@1", "不再用")
    assert db.session.scalars(select(AddedProgramme)).all() == []
    with pytest.raises(NoProgrammeError, match=NAME):
        load_programme(NAME)


def test_a_command_that_names_no_area_goes_by_the_only_city_where_nothing_else_is_chosen(sqlite_app):
    small_city()
    period, city = current_period(), db.session.scalars(select(Area).where(Area.kind == "city")).one()
    rulebooks.name_in(period, load_programme("jining-2023"))
    period.programme, period.city_rulebook, period.county_rulebook, period.zone_rulebook = "", "", "", ""
    db.session.query(KeptSetting).delete()
    db.session.flush()
    with pytest.raises(NoProgrammeError):
        rulebooks.default_books()
    rulebooks.name_in(period, load_programme("jining-2023"), city)
    assert rulebooks.default_books() == {"city": "jining-2023-municipal", "county": "jining-2023-county"}
    assert rulebooks.programme_for().ref == "jining-2023@1"


def test_a_period_with_values_keeps_its_programme(sqlite_app):
    small_city()
    programmes.add(invented())
    city = db.session.scalars(select(Area).where(Area.kind == "city")).one()
    key = {"period": "2023", "area": city, "rulebook_id": "jining-2023-municipal", "indicator": "1"}
    db.session.add(IndicatorValue(**key, metric="online", value=0.5))
    db.session.commit()
    for place in (city, None):
        with pytest.raises(ProgrammeError, match="which stays"):
            programmes.use(NAME, current_period(), place, "x")
    later = make_period("2030", None, NAME)
    assert later.rulebook_of(city) == f"{NAME}-city"
    assert current_period().code == "2030"
    assert db.session.get_one(Period, "2023").rulebook_of(city) == "jining-2023-municipal"


def test_two_cities_stand_side_by_side_in_one_period(sqlite_app):
    small_city()
    other = Area(code="2", name="江城市", kind="city")
    county = Area(code="21", name="东县", kind="county", parent=other)
    db.session.add_all([other, county])
    programmes.add(invented())
    programmes.use(NAME, None, other, "另一市")
    first = db.session.scalars(select(Area).where(Area.code == "11-Z")).one()
    assert rulebooks.rulebook_for(county) == f"{NAME}-county"
    assert rulebooks.rulebook_for(first) == "jining-2023-county"
    assert rulebooks.programme_for(other).invented
    assert rulebooks.installation() == "jining-2023"
    later = make_period("2031", None, "jining-2023")
    assert later.rulebook_of(county) == f"{NAME}-county"  # a city keeps its own in the next period


def test_the_page_shows_a_file_before_it_is_added_and_refuses_in_a_sentence(sqlite_app):
    manager, auditor = client_of(sqlite_app, "manager"), client_of(sqlite_app, "auditor")
    page = auditor.get("/console/programmes").get_data(as_text=True)
    assert "jining-2023" in page
    assert "添加方案" not in page

    def post(address: str, **data: object):
        token = csrf(manager.get("/console/programmes").get_data(as_text=True))
        return manager.post(address, data={"csrf_token": token, **data}, content_type="multipart/form-data")

    def send(data: bytes):
        return post("/console/programmes", file=(io.BytesIO(data), "shili.zip"))

    broken = send(zipped({"../x": b"", **parts()}))
    assert broken.status_code == 422
    assert "指向方案文件夹之外" in broken.get_data(as_text=True)
    shown = send(packed()).get_data(as_text=True)
    assert "尚未保存" in shown
    assert "江城交通局" in shown
    assert "虚构的方案" in shown
    assert db.session.scalars(select(AddedProgramme)).all() == []
    token = shown.split('name="token" value="')[1].split('"')[0]
    added = post("/console/programmes", token=token)
    assert added.location == f"/console/programmes/{NAME}@1"
    one = manager.get(added.location).get_data(as_text=True)
    assert load_programme(NAME).digest in one
    file = manager.get(f"{added.location}/file")
    assert from_archive(file.data) == invented()
    used = post(f"{added.location}/use", reason="本市办法", period="", city="")
    assert used.status_code == 302
    assert rulebooks.installation() == NAME
    refused = post(f"{added.location}/remove", reason="x")
    assert refused.status_code == 422
    assert "它是本系统选定的方案" in refused.get_data(as_text=True)
    assert manager.get("/console/programmes/nobody@1").status_code == 404


def test_the_command_lists_checks_exports_and_takes_a_programme_from_a_file(tmp_path, monkeypatch):
    monkeypatch.setenv("MINYI_INSTANCE", str(tmp_path / "none"))

    def call(*words: object):
        return CliRunner().invoke(cli, list(map(str, words)))

    [row] = json.loads(call("programme", "list", "--json").stdout)
    assert (row["id"], row["units"]["city"], row["goals"]) == ("jining-2023", "jining-2023-municipal", 5)
    file = tmp_path / "shili.zip"
    file.write_bytes(packed())
    assert json.loads(call("programme", "check", file, "--json").stdout)["invented"]
    out = tmp_path / "out.zip"
    assert call("programme", "export", "jining-2023", out).exit_code == 0
    assert from_archive(out.read_bytes()) == all_files()["jining-2023@1"]
    assert [row["id"] for row in json.loads(call("rulebook", "list", "--programme", file, "--json").stdout)] == [
        f"{NAME}-city", f"{NAME}-county",
    ]  # fmt: skip
    shown = json.loads(call("rulebook", "show", "--programme", file, "--unit", "county", "--json").stdout)
    assert shown["id"] == f"{NAME}-county"
    blank = tmp_path / "blank.json"
    assert call("rulebook", "template", "--programme", file, "--out", blank).exit_code == 0
    assert json.loads(blank.read_text(encoding="utf-8")).keys() >= {"1", "2"}
    blank.unlink()
    not_rated = call("rulebook", "show", "--programme", file, "--unit", "zone")
    assert (not_rated.exit_code, "zone" in not_rated.stderr) == (2, True)
    values = tmp_path / "江城市.json"
    values.write_text(json.dumps({"1": {"near": 0.95}, "2": {"shared": True}}), encoding="utf-8")
    card = json.loads(call("score", values, "--programme", file, "--satisfaction", "0.8", "--json").stdout)
    assert (card["total"], card["star_level"], card["programme"]["id"]) == (100, "金叶", NAME)
    named = call("score", values, "--programme", file, "--satisfaction", "0.8").stdout
    assert f"{NAME} v1" in named
    gone = call("score", values, "--programme", "nobody", "--satisfaction", "0.8")
    assert (gone.exit_code, "jining-2023" in gone.stderr) == (2, True)
    batch = call("score-all", tmp_path, "--programme", file, "--json")
    document = json.loads(batch.stdout)
    assert document["programme"]["id"] == NAME
    assert [goal["text"] for goal in document["goals"]] == ["各区县均达银叶"]


def test_an_upgraded_installation_keeps_the_programme_it_had_and_a_new_one_has_none(tmp_path):
    old, new = (create_engine(f"sqlite:///{tmp_path / name}.sqlite3") for name in ("old", "new"))
    command.upgrade(alembic_config(old), "0077")
    with old.begin() as connection:
        connection.execute(
            text("INSERT INTO area (code, name, kind, name_en, residents, demo) VALUES ('1', '某市', 'city', '', 0, 0)")
        )
    for engine in (old, new):
        upgrade(engine)
    read = "SELECT programme, city_rulebook, (SELECT value FROM kept_setting WHERE name = 'programme') FROM period"
    with old.connect() as connection:
        assert connection.execute(text(read)).one() == ("jining-2023@1", "jining-2023-municipal", "jining-2023")
    with new.connect() as connection:
        assert connection.execute(text(read)).one() == ("", "", None)


def test_a_survey_asks_what_its_city_s_programme_names_and_lists_bring_no_other_city_s(sqlite_app):
    own = ASKED.replace("id: citizen-experience", "id: jiangcheng")
    supplied = questionnaire_versions.supplied
    assert set(supplied()) == {"jining-2023@1", "citizen-experience"}, "the installation goes by Jining's"
    city = Area(code="2", name="江城市", kind="city")
    db.session.add(city)
    programmes.add({**invented(), "questionnaire.yaml": own})
    assert load_programme(NAME).questionnaire == "jiangcheng"
    programmes.use(NAME, None, city, "")
    db.session.commit()
    assert questionnaire_versions.usual(city) == "jiangcheng"
    assert questionnaire_versions.from_supplied("jiangcheng").body == own
    db.session.execute(delete(KeptSetting))
    for period in db.session.scalars(select(Period)):
        period.programme, period.city_rulebook, period.county_rulebook = "", "", ""
    db.session.commit()
    assert set(supplied()) == {f"{NAME}@1", "citizen-experience"}, "only what is gone by"
    page = client_of(sqlite_app, "manager").get("/console/questionnaires").get_data(as_text=True)
    assert f"{NAME}@1" in page
    assert "jining" not in page


def test_cities_that_share_a_questionnaire_s_id_ask_each_its_own(sqlite_app):
    own = ASKED.replace("title: {zh: ", "title: {zh: 江城")
    programmes.add({**invented(), "questionnaire.yaml": own})
    assert questionnaire_named(f"{NAME}@1") == own
    assert questionnaire_versions.from_supplied(NAME).body == own
    assert questionnaire_versions.from_supplied("citizen-experience").body == ASKED


def test_jining_s_questionnaire_is_found_by_its_programme_and_by_its_name():
    assert questionnaire_named("jining-2023") == questionnaire_named("citizen-experience-2023")
    assert "爱山东" in (questionnaire_named("jining-2023") or "")
    assert questionnaire_named("citizen-experience") is None
