"""The fieldwork's pages: numbers by site, invitations, outcomes, paper forms, tablets, files."""

from __future__ import annotations

import io
import re
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from survey_app import rollup
from survey_app.answering.open_sites import find_site
from survey_app.answering.submission import submit
from survey_app.fieldwork import jobs
from survey_app.fieldwork.invitations import make
from survey_app.models import AuditEntry, DeviceLink, Grant, Invitation, Job, Kept, Response, Site, User, db
from tests.support.city import FORM, listed_number, small_city, tablet
from tests.support.people import enter, person

TODAY = str(datetime.now(UTC).astimezone().date())
KEYED = {"home": "甲县", "age": "3", "overall": "4", "sex": "2", "day": TODAY}


@pytest.fixture
def survey(sqlite_app):
    sqlite_app.config.update(WTF_CSRF_ENABLED=False, WTF_CSRF_METHODS=[])
    return small_city(opens_at=datetime.now(UTC) - timedelta(days=5))


def client_of(app, role: str = "manager", area: str = ""):
    return enter(app.test_client(), person(role, area, "").user)


def counted(model=Response, **where) -> int:
    return db.session.scalar(select(func.count()).select_from(model).filter_by(**where)) or 0


def numbers(code: str = "aaa2222", count: int = 2) -> list[str]:
    site = db.session.scalars(select(Site).where(Site.code == code)).one()
    return [card.written_serial for card in make(site, count)]


def file_of_job(client, reply):
    """What the job that `reply` leads to has made."""
    page = client.get(reply.location).get_data(as_text=True)
    return client.get(re.search(r'href="(/console/files/[0-9]+)"', page)[1])


def test_the_page_shows_what_stands_and_a_part_of_it_refreshes(sqlite_app, survey):
    client = client_of(sqlite_app, "administrator")
    for key, site in (("a", "aaa2222"), ("b", "aaa2222"), ("c", "ccc4444")):
        submit(find_site(site), FORM, key, "zh", datetime.now(UTC) - timedelta(minutes=4))
    page = client.get("/console/surveys/wave1/fieldwork").get_data(as_text=True)
    part = client.get("/console/surveys/wave1/fieldwork?part=1").get_data(as_text=True)
    assert part.lstrip().startswith("<div data-part")
    assert "<html" not in part
    for text in (page, part):
        assert re.search(r'<p class="big">2 <small>/ 40</small>', text)
        assert "乙县一号点" in text
    sites = client.get("/console/surveys/wave1/fieldwork?table=sites&format=csv").get_data(as_text=True)
    assert "aaa2222,甲县一号点,甲县,抽样点,2,20,0.1" in sites
    assert client.get("/console/surveys/wave1/fieldwork?figure=days&format=svg").mimetype == "image/svg+xml"
    assert "http" not in re.sub(r'xmlns(:xlink)?="[^"]+"', "", part)


def test_a_countys_manager_sees_its_sites_alone_and_acts_on_no_other(sqlite_app, survey):
    number = numbers("bbb3333", 1)[0]
    client = client_of(sqlite_app, area="甲县")
    for path in ("fieldwork", "fieldwork/invitations", "fieldwork/devices", "fieldwork/paper"):
        page = client.get(f"/console/surveys/wave1/{path}").get_data(as_text=True)
        assert "乙县" not in page, path
    assert client.get(f"/console/surveys/wave1/fieldwork/paper?number={number}").status_code == 404
    assert client.get(f"/console/surveys/wave1/fieldwork/paper/{number}").status_code == 403
    assert client.post("/console/sites/bbb3333/outcomes").status_code == 403
    assert client.post("/console/surveys/wave1/fieldwork/invitations").status_code == 403
    refused = client.post("/console/surveys/wave1/fieldwork/devices", data={"site": "bbb3333", "label": "x", "days": 1})
    assert (refused.status_code, counted(DeviceLink), counted(AuditEntry, action="denied") > 0) == (403, 0, True)
    assert client.get("/console/sites/aaa2222/work").status_code == 200


def test_codes_leave_once_in_the_file_and_stand_nowhere_else(sqlite_app, survey):
    client = client_of(sqlite_app)
    drawn = client.post("/console/sites/aaa2222/invitations", data={"number": "3", "ending": "csv"})
    rows = drawn.get_data(as_text=True).splitlines()[1:]
    codes = [row.split(",")[1] for row in rows]
    assert (len(codes), counted(Invitation)) == (3, 3)
    page = client.get("/console/sites/aaa2222/work").get_data(as_text=True)
    assert rows[0].split(",")[0] in page
    assert codes[0] not in page
    assert client.get(f"/i/{codes[0]}").status_code == 200
    again = client.post("/console/sites/aaa2222/reissue", data={"ending": "csv"}).get_data(as_text=True)
    assert client.get(f"/i/{codes[0]}").status_code == 404
    assert client.get(f"/i/{again.splitlines()[1].split(',')[1]}").status_code == 200
    address = "/console/surveys/wave1/fieldwork/invitations"
    pdf = file_of_job(client, client.post(address, data={"oversample": "1.2", "ending": "pdf"}))
    assert pdf.data.startswith(b"%PDF")
    assert counted(Invitation) == 48  # 24 at each sampled site, three of them drawn before
    for data in ({"number": "0"}, {"number": "x"}):
        assert client.post("/console/sites/aaa2222/invitations", data=data).status_code == 422
    assert client.post("/console/sites/ccc4444/invitations", data={"number": "3"}).status_code == 422
    wrong = client.post("/console/surveys/wave1/fieldwork/invitations", data={"oversample": "much"})
    assert (wrong.status_code, counted(Invitation)) == (422, 48)


def test_many_cards_are_drawn_in_the_background_and_kept_sealed_for_who_asked(sqlite_app, survey):
    client, address = client_of(sqlite_app), "/console/surveys/wave1/fieldwork/invitations"
    reply = client.post(address, data={"oversample": "1.2", "ending": "zip"})
    found = db.session.scalars(select(Job).where(Job.kind == "cards")).one()
    assert (found.state, found.of, counted(Invitation)) == ("done", 6, 48)  # three pages at each of two sites
    made = file_of_job(client, reply)
    archive = zipfile.ZipFile(io.BytesIO(made.data))
    codes = [row.split(",")[1] for row in archive.read("codes.csv").decode("utf-8-sig").splitlines()[1:]]
    assert (len(set(codes)), len(archive.namelist())) == (48, 5)
    assert client.get(f"/i/{codes[-1]}").status_code == 200
    kept = db.session.scalars(select(Kept)).one()
    assert (kept.sealed, kept.expires_at - kept.made_at, codes[0].encode() in kept.body) == (
        True,
        timedelta(days=1),
        False,
    )
    other = client_of(sqlite_app)
    assert other.get(reply.location).status_code == 404
    assert other.get(f"/console/files/{kept.id}").status_code == 404
    for grant in db.session.scalars(select(Grant).join(User).where(User.username == kept.by)):
        grant.role = "scorer"  # who may not draw cards any more
    db.session.commit()
    assert client.get(f"/console/files/{kept.id}").status_code == 404


def test_cards_of_a_list_that_changed_while_they_were_drawn_hold_nothing(sqlite_app, survey, monkeypatch):
    client, drawn = client_of(sqlite_app), jobs.cards_file

    def meanwhile(*arguments):
        with ThreadPoolExecutor(1) as other:
            other.submit(one_more).result()
        return drawn(*arguments)

    def one_more() -> None:
        with sqlite_app.app_context():
            make(db.session.scalars(select(Site).where(Site.code == "aaa2222")).one(), 1)
            db.session.commit()

    monkeypatch.setattr(jobs, "cards_file", meanwhile)
    page = client.post(
        "/console/surveys/wave1/fieldwork/invitations", data={"oversample": "2", "ending": "pdf"}, follow_redirects=True
    )
    assert "其间名单变了" in page.get_data(as_text=True)
    assert (counted(Invitation), counted(Kept)) == (1, 0)


def test_many_paper_forms_are_drawn_in_the_background(sqlite_app, survey):
    client = client_of(sqlite_app)
    numbers(count=6)
    db.session.commit()
    forms = file_of_job(client, client.post("/console/sites/aaa2222/forms", data={"first": "", "lang": "en"}))
    blank = client.get("/console/sites/aaa2222/forms.pdf?lang=en")
    pages = [len(re.findall(rb"/Type\s*/Page\b", file.data)) for file in (forms, blank)]
    assert pages[0] == 6 * pages[1]
    assert counted(AuditEntry, action="paper.print") == 1


def test_a_sheet_of_outcomes_is_stored_whole_or_not_at_all(sqlite_app, survey):
    client = client_of(sqlite_app)
    first, second = (int(number.split("-")[0]) for number in numbers())
    sheet = {
        f"outcome-{first}": "2.11", f"attempts-{first}": "2", f"outcome-{second}": "无人在哪", f"attempts-{second}": "",
    }  # fmt: skip
    wrong = client.post("/console/sites/aaa2222/outcomes", data=sheet | {"day": "2999-01-01"})
    page = wrong.get_data(as_text=True)
    assert wrong.status_code == 422
    assert "没有访问结果“无人在哪”" in page
    assert "日期不能在将来" in page
    assert 'value="2.11"' in page  # kept
    assert counted(Invitation, disposition="") == 2
    done = client.post("/console/sites/aaa2222/outcomes", data=sheet | {f"outcome-{second}": "无人在家", "day": TODAY})
    assert done.status_code == 302
    stored = {row.serial: (row.disposition, row.attempts) for row in db.session.scalars(select(Invitation))}
    assert stored == {first: ("2.11", 2), second: ("2.24", 1)}
    refused = client.post("/console/sites/aaa2222/outcomes", data={f"outcome-{first}": "1.1", "day": TODAY})
    assert (refused.status_code, "随答案记录" in refused.get_data(as_text=True)) == (422, True)
    rates = client.get("/console/surveys/wave1/fieldwork?table=rates&format=csv").get_data(as_text=True)
    assert "甲县,2,0,0,0.0" in rates


def test_only_an_administrator_reopens_with_a_reason_and_the_earlier_response_is_void(sqlite_app, survey):
    number = listed_number()
    client = client_of(sqlite_app)
    client.post(f"/console/surveys/wave1/fieldwork/paper/{number}", data=KEYED)
    assert counted(state="complete", mode="paper") == 1
    data = {"serial": number, "reason": "录错了人"}
    assert client.post("/console/surveys/wave1/reopen", data=data).status_code == 403
    office = client_of(sqlite_app, "administrator")
    office.post("/console/surveys/wave1/reopen", data=data | {"reason": " "})
    assert counted(state="voided") == 0
    office.post("/console/surveys/wave1/reopen", data=data)
    assert (counted(state="voided"), counted(Invitation, state="open")) == (1, 1)
    assert rollup.check(db.engine) == []


def test_printed_numbers_are_keyed_and_mistakes_come_back_together(sqlite_app, survey):
    number = listed_number()
    client = client_of(sqlite_app)
    path = f"/console/surveys/wave1/fieldwork/paper/{number}"
    page = client.get(path).get_data(as_text=True)
    assert "总的来说" in page
    wrong = client.post(path, data=KEYED | {"age": "9", "overall": "", "improve": "1 7 99", "day": "2001-01-01"})
    page = wrong.get_data(as_text=True)
    assert (wrong.status_code, counted()) == (422, 0)
    assert page.count("没有这个选项编号") == 4  # two fields, each in the summary and beside itself
    assert 'value="1 7 99"' in page
    late = client.post(path, data=KEYED | {"day": "2001-01-01"})
    assert (late.status_code, "早于调查开始" in late.get_data(as_text=True)) == (422, True)
    keyed = client.post(path, data=KEYED | {"overall": "2", "improve": "1, 3", "services__bus": "5"})
    row = db.session.scalars(select(Response)).one()
    assert (keyed.status_code, row.mode, row.age_band, row.measure) == (302, "paper", "30-44", 2)
    assert (row.answers["improve"], row.answers["services"]["bus"], row.sex) == (["speed", "coverage"], 5, "female")
    assert client.get(path).status_code == 302  # keyed already


def test_two_keyings_differ_and_are_settled(sqlite_app, survey):
    survey.double_entry = True
    db.session.commit()
    number = listed_number()
    path = f"/console/surveys/wave1/fieldwork/paper/{number}"
    one, two = client_of(sqlite_app), client_of(sqlite_app)
    one.post(path, data=KEYED)
    assert one.get(path).status_code == 302  # not both by the same person
    second = two.post(path, data=KEYED | {"overall": "3"})
    assert second.headers["Location"].endswith("/differences")
    page = two.get(f"{path}/differences").get_data(as_text=True)
    assert "4 比较满意" in page
    assert "3 一般" in page
    assert two.post(f"{path}/differences", data={}).status_code == 422
    assert counted() == 0
    two.post(f"{path}/differences", data={"choice-overall": "1"})
    assert db.session.scalars(select(Response.measure)).one() == 4
    assert "甲县一号点" not in two.get("/console/surveys/wave1/fieldwork/paper").get_data(as_text=True)


def test_forms_are_printed_with_the_numbers_still_open(sqlite_app, survey):
    client = client_of(sqlite_app)
    assert client.post("/console/sites/aaa2222/forms").status_code == 302  # nobody is listed yet
    first, _second = numbers()
    client.post(f"/console/surveys/wave1/fieldwork/paper/{first}", data=KEYED)
    found = client.post("/console/sites/aaa2222/forms")
    assert (found.mimetype, found.data[:5]) == ("application/pdf", b"%PDF-")
    refused = client.post("/console/sites/aaa2222/forms", data={"first": "17"})
    assert (refused.status_code, "编号不对" in refused.get_data(as_text=True)) == (422, True)
    assert "/console/sites/aaa2222/forms.pdf" in refused.get_data(as_text=True)
    blank = client.get("/console/sites/aaa2222/forms.pdf")
    assert len(re.findall(rb"/Type\s*/Page\b", found.data)) == len(re.findall(rb"/Type\s*/Page\b", blank.data))


def test_a_tablet_link_works_until_it_is_revoked(sqlite_app, survey):
    client = client_of(sqlite_app)
    client.post("/console/sites/aaa2222/devices", data={"label": "3号平板", "days": "10"})
    page = client.get("/console/surveys/wave1/fieldwork/devices").get_data(as_text=True)
    link = re.search(r"(/t/[^<]+)</code>", page)[1]
    assert client.get(link).status_code == 200
    auditor = client_of(sqlite_app, "auditor").get("/console/surveys/wave1/fieldwork/devices").get_data(as_text=True)
    assert "3号平板" in auditor
    assert link not in auditor
    client.post(f"/console/devices/{tablet()}/revoke")
    assert client.get(link).status_code == 403
    client.post("/console/sites/aaa2222/devices", data={"label": "", "days": "10"})
    assert counted(DeviceLink) == 1


def as_file(*rows: str) -> dict[str, object]:
    body = "\n".join(["site,date,disposition,external,home,age,overall,sex", *rows]).encode()
    return {"file": (io.BytesIO(body), "cati.csv"), "mode": "phone"}


def test_a_file_is_checked_shown_and_stored_only_after_a_second_look(sqlite_app, survey):
    client = client_of(sqlite_app)
    address = "/console/surveys/wave1/fieldwork/import"
    good = f"aaa2222,{TODAY},1.1,c1,甲县,30-44,4,女"
    wrong = client.post(address, data=as_file(good, f"nowhere,{TODAY},9.9,c2,甲县,30-44,8,女"))
    page = wrong.get_data(as_text=True)
    assert (wrong.status_code, counted(), counted(Kept)) == (422, 0, 0)
    assert "没有这个调查点编码" in page
    assert "没有这个访问结果代码" in page
    shown = client.post(address, data=as_file(good, f"bbb3333,{TODAY},2.11,c2,,,,"))
    page = shown.get_data(as_text=True)
    assert (shown.status_code, counted()) == (200, 0)
    assert "1 份应答，1 条其他结果" in page
    key = re.search(r'name="key" value="([\w-]+)"', page)[1]
    other = client_of(sqlite_app)
    assert other.post(f"{address}/confirm", data={"key": key}).status_code == 422  # another person's file
    assert client.post(f"{address}/confirm", data={"key": key}).status_code == 302
    assert (counted(mode="phone"), counted(Kept), counted(Invitation)) == (1, 0, 2)
    assert rollup.check(db.engine) == []
    page = client.post(address, data=as_file(good)).get_data(as_text=True)
    key = re.search(r'name="key" value="([\w-]+)"', page)[1]
    client.post(f"{address}/confirm", data={"key": key, "drop": "1"})
    assert (counted(Kept), counted()) == (0, 1)
    for data in ({"mode": "phone"}, as_file(good) | {"mode": "pigeon"}):
        assert client.post(address, data=data).status_code == 422
    assert client.get(f"{address}/template.xlsx").data[:2] == b"PK"


def test_a_larger_file_passes_the_limit_of_other_requests(sqlite_app, survey):
    client = client_of(sqlite_app)
    rows = [f"aaa2222,{TODAY},2.11,c{number},,,," for number in range(4000)]
    shown = client.post("/console/surveys/wave1/fieldwork/import", data=as_file(*rows))
    assert (shown.status_code, "0 份应答，4000 条其他结果" in shown.get_data(as_text=True)) == (200, True)
