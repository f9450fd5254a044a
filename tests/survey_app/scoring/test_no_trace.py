"""荆州, made from Jining's programme as a template: nothing that an office or a citizen can open there speaks of Jining."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update
from werkzeug.exceptions import HTTPException

from analysis.scoring import load_rulebook
from analysis.scoring.programme import load_programme
from analysis.scoring.programme_files import all_files
from definitions import digest
from survey_app.ground.programme_choice import use
from survey_app.models import Area, KeptSetting, Period, Survey, db
from survey_app.surveys import questionnaire_versions
from survey_app.surveys.plan_versions import lock_plan
from survey_app.values import programmes
from tests.support.application import change
from tests.support.office import text_of
from tests.support.people import client_of
from tests.support.stored import begins_with
from tests.survey_app.scoring.test_another_city import PLAN, answered, begun, settled

COUNTIES = ("沙市区", "荆州区", "公安县")
OF_EACH = 2  # addresses of one page that are opened
NEVER = ("/sign-out", "/language", "/static/", "/console/programmes")  # a list of programmes names those that ship
TRACES = re.compile(
    r"济宁|jining|Jining|任城|兖州|曲阜|微山|爱山东|山东|Shandong|济政办|市大数据局|市大数据中心|市行政审批服务局|十一个县|11个县|eleven counties"
)


def of_jingzhou() -> dict[str, str]:
    """Jining's programme as a template: other names, departments, stars, document and questionnaire."""
    source = load_programme("jining-2023")
    leads = {name for book in source.units.values() for row in load_rulebook(book).indicators for name in row.lead}
    others = {name: f"荆州{name.removeprefix('市')}" for name in leads if not name.startswith("各")}
    others |= {
        "济宁市": "荆州市",
        "济政办字〔2023〕23号": "荆政发〔2026〕8号",
        "爱山东": "鄂汇办",
        "山东省": "湖北省",
        "山东": "湖北",
        "jining-2023": "jingzhou-2026",
        "Jining": "Jingzhou",
        "2023-04-10": "2026-03-02",
        "counties: 11": "counties: 3",
        "星级": "楚星",
        "citizen-experience-2023": "jingzhou",
        "aishandong": "ehuiban",
        "Ai Shandong": "Ehuiban",
    }
    names = re.compile("|".join(map(re.escape, sorted(others, key=len, reverse=True))))
    held = all_files()["jining-2023@1"]

    def told(text: str) -> str:
        return names.sub(lambda found: others[found[0]], text)

    return {told(path): told(text) for path, text in held.items()}


def jingzhou() -> None:
    """The office from an empty database to an approved final run; answers of three counties, one of them thin."""
    db.session.execute(delete(KeptSetting))
    db.session.execute(update(Period).values(programme="", city_rulebook="", county_rulebook=""))
    db.session.commit()
    programmes.add(of_jingzhou())
    use("jingzhou-2026", None, None, "本市办法")
    survey = begun(COUNTIES)
    of_jining = survey.questionnaire  # which the tests' other cities ask
    survey.title, survey.code, survey.questionnaire = (
        "荆州市民体验调查",
        "jingzhou",
        questionnaire_versions.from_supplied("jingzhou"),
    )
    survey.plan = PLAN.replace("rated_county, sex", "rated_county, home_county, sex, age_band")
    survey.plan_digest, survey.city.name, survey.city.name_en = digest(survey.plan), "荆州市", "Jingzhou"
    for place, name in zip(COUNTIES, ("Shashi", "Jingzhou District", "Gong'an"), strict=True):
        db.session.scalars(select(Area).where(Area.name == place)).one().name_en = name
    db.session.delete(of_jining)
    db.session.commit()
    answered(survey, 30)
    lock_plan(survey).made_at = survey.locked_at = survey.opens_at
    db.session.commit()
    settled(survey)


@pytest.mark.checks
@pytest.mark.parametrize("language", ["zh", "en"])
@begins_with(jingzhou)
def test_nothing_that_can_be_opened_in_another_city_speaks_of_jining(sqlite_app, language):
    change(sqlite_app, public_url="http://localhost")
    said, failed = dict[str, str](), dict[str, int]()
    for role in ("manager", "evaluator", "scorer", "administrator"):
        client = client_of(sqlite_app, role)
        client.set_cookie("minyi_language", language)
        crawl(sqlite_app, client, language, said, failed)
    assert len(said) > 150
    assert failed == {}
    found = {address: around for address, text in said.items() if (around := traces(text))}
    assert found == {}
    assert all("2023" not in code for code in db.session.scalars(select(Period.code)))


def crawl(app: Flask, client: FlaskClient, language: str, said: dict[str, str], failed: dict[str, int]) -> None:
    """Open what is linked, from the home page on: of each page two addresses."""
    asked, met = ["/console/", "/", "/results", "/api/v1/openapi.json"], Counter[str]()
    survey = db.session.scalars(select(Survey)).one()
    asked += [f"/s/{site.code}?lang={language}" for site in survey.sites[:1]]
    router = app.url_map.bind("localhost")
    while asked:
        address = asked.pop()
        path, _, query = address.partition("?")
        try:
            endpoint, _arguments = router.match(path)
        except HTTPException:
            continue
        parts = [part if part.startswith(("format", "table")) else part.partition("=")[0] for part in query.split("&")]
        kind = f"{endpoint} {'&'.join(sorted(parts))}"
        if address in said or met[kind] >= OF_EACH or any(part in path for part in NEVER):
            continue
        met[kind] += 1
        reply = client.get(address, follow_redirects=True)
        if reply.status_code >= 400 and reply.status_code not in (403,):
            failed[address] = reply.status_code
            continue
        said[address] = words_of(reply.data, reply.content_type)
        if "html" in reply.content_type:
            links = [unescape(link) for link in re.findall(r'(?:href|src)="([^"#]+)', reply.text)]
            links = [link.removeprefix("http://localhost") for link in links]
            asked += [path + link if link.startswith("?") else link for link in links if link.startswith(("/", "?"))]


def words_of(body: bytes, kind: str) -> str:
    """The words of a page or file."""
    if "pdf" in kind:
        return text_of(body)
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as held:
            return "\n".join(
                words_of(held.read(name), "") for name in held.namelist() if not name.endswith((".png", ".ttf"))
            )
    return body.decode("utf-8", "ignore")


def traces(text: str) -> str:
    """The first of Jining's names with what stands around it; the shipped programme stays on offer by its id and title."""
    text = re.sub(r"jining-2023(-municipal|-county|@1)?|济宁市新型智慧城市评定|Smart-city rating, Jining", "", text)
    found = TRACES.search(text)
    return text[max(found.start() - 60, 0) : found.end() + 40] if found else ""
