"""Where printed codes and links lead: to the public address or, in a demonstration, the server's; never a browser's Host."""

from __future__ import annotations

import io
import json
import re
import zipfile
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta

import pytest
import zxingcpp
from click.testing import CliRunner
from PIL import Image
from sqlalchemy import func, select

from survey_app.answering import drafts
from survey_app.answering.devices import make_device
from survey_app.commands import sites
from survey_app.fieldwork.invitations import make
from survey_app.models import DeviceLink, Invitation, Site, db
from survey_app.surveys.readiness import lacks
from tests.support.application import change
from tests.support.city import small_city
from tests.support.people import enter, person

FORGED = "evil.example.net"
SHOWN = (
    "surveys/wave1", "surveys/wave1/posters", "surveys/wave1/posters?table=posters&format=csv", "sites/aaa2222/work",
    "surveys/wave1/fieldwork/invitations", "surveys/wave1/fieldwork/devices", "surveys/wave1/check?state=open", "",
)  # fmt: skip
PRINTED = (
    "surveys/wave1/posters/print", "surveys/wave1/posters.zip", "sites/aaa2222/poster.svg", "sites/aaa2222/poster.png",
    "sites/aaa2222/poster.pdf", "sites/aaa2222/qr.svg", "sites/aaa2222/qr.png",
)  # fmt: skip
MADE = {
    "surveys/wave1/posters": {},
    "surveys/wave1/fieldwork/invitations": {"oversample": "1", "ending": "csv"},
    "surveys/wave1/fieldwork/devices": {"site": "aaa2222", "label": "tablet 7", "days": "3"},
    "sites/aaa2222/devices": {"label": "tablet 7", "days": "3"},
    "sites/aaa2222/invitations": {"number": "1", "ending": "html"},
    "sites/aaa2222/reissue": {"ending": "csv"},
}


@pytest.fixture
def survey(sqlite_app):
    sqlite_app.config.update(WTF_CSRF_ENABLED=False, WTF_CSRF_METHODS=[])
    made = small_city(opens_at=datetime.now(UTC) - timedelta(days=5))
    site = db.session.scalars(select(Site).where(Site.code == "aaa2222")).one()
    make(site, 1)
    make_device(site, "tablet 1", 3, "mia")
    db.session.commit()
    return made


def forging(app):
    """A person whose every request names another host, in both ways that servers read."""
    served = app.wsgi_app
    app.wsgi_app = lambda environ, start: served(
        {**environ, "HTTP_HOST": FORGED, "HTTP_X_FORWARDED_HOST": FORGED}, start
    )
    return enter(app.test_client(), person("manager", "", "").user)


def stored() -> tuple[int, ...]:
    return tuple(db.session.scalar(select(func.count()).select_from(model)) for model in (Invitation, DeviceLink))


def led_to(picture: bytes) -> str:
    return zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))[0].text


def contents(reply) -> str:
    """The text of a page, or of all that a ZIP of drawings holds."""
    if reply.mimetype == "application/zip":
        archive = zipfile.ZipFile(io.BytesIO(reply.data))
        return "".join(archive.read(name).decode("latin-1") for name in archive.namelist())
    return reply.data.decode("utf-8", "replace")


@pytest.mark.parametrize(
    ("public", "demo", "base"),
    [("https://survey.example", False, "https://survey.example"), ("", True, "http://[::1]:8123")],
)
def test_a_forged_host_stands_on_no_page_and_in_nothing_printed(sqlite_app, survey, public, demo, base):
    change(sqlite_app, public_url=public, host="::1", port=8123)
    survey.demo = demo
    for site in survey.sites:
        site.demo = demo
    client = forging(sqlite_app)
    client.post("/console/surveys/wave1/posters")
    found = ""
    for path in (*SHOWN, *PRINTED):
        reply = client.get(f"/console/{path}")
        assert (reply.status_code, FORGED in contents(reply)) == (200, False), path
        found += contents(reply)
    for path, sent in MADE.items():
        reply = client.post(f"/console/{path}", data=sent, follow_redirects=True)
        assert (reply.status_code, FORGED in contents(reply)) == (200, False), path
        found += contents(reply)
    for part in ("/s/aaa2222", "/i/", "/t/"):
        assert base + part in found
    assert led_to(client.get("/console/sites/aaa2222/qr.png").data) == f"{base}/s/aaa2222"
    assert led_to(client.get("/console/sites/aaa2222/poster.png").data) == f"{base}/s/aaa2222"


def test_without_a_public_address_nothing_is_printed_and_what_to_set_is_said(sqlite_app, survey):
    change(sqlite_app, public_url="")
    client, before = forging(sqlite_app), stored()
    for path in PRINTED:
        reply = client.get(f"/console/{path}")
        assert reply.status_code == 409, path
        assert "没有设公开网址" in contents(reply)
        assert FORGED not in contents(reply)
    for path, sent in MADE.items():
        reply = client.post(f"/console/{path}", data=sent)
        assert (reply.status_code, "没有设公开网址" in contents(reply)) == (409, True), path
    assert stored() == before
    for path in SHOWN:
        reply = client.get(f"/console/{path}")
        assert (reply.status_code, FORGED in contents(reply)) == (200, False), path
    for path in ("surveys/wave1/posters", "sites/aaa2222/work", *SHOWN[4:6]):
        page = contents(client.get(f"/console/{path}"))
        assert "没有设公开网址" in page, path
        assert "/s/aaa2222" not in page


def test_the_address_of_unfinished_answers_is_the_public_one_or_a_link_of_the_page_itself(
    sqlite_app, survey, monkeypatch
):
    monkeypatch.setattr(drafts, "SHORT", 1)  # questions up to which a phone alone keeps them
    phone = forging(sqlite_app)
    for public, shown in (
        ("https://survey.example", 'href="https://survey.example/s/ccc4444/r/'),
        ("", 'href="/s/ccc4444/r/'),
    ):
        change(sqlite_app, public_url=public)
        token = re.search(r'name="token" value="([^"]+)"', contents(phone.get("/s/ccc4444?new=1")))[1]
        page = contents(phone.post("/s/ccc4444/draft", data={"token": token, "home": "甲县"}))
        assert (shown in page, "<svg" in page, FORGED in page) == (True, bool(public), False)


def test_before_the_opening_a_missing_address_is_warned_of(sqlite_app):
    change(sqlite_app, public_url="")
    draft = small_city(state="draft")
    assert "no public address is set" in [str(lack.said)[:24] for lack in lacks(draft) if lack.step == "public"]
    change(sqlite_app, public_url="https://survey.example")
    assert "no public address is set" not in [str(lack.said)[:24] for lack in lacks(draft)]
    assert not [lack for lack in lacks(draft) if lack.step == "address"]


def test_the_list_of_sites_names_no_address_where_none_is_set(sqlite_app, survey, monkeypatch):
    monkeypatch.setattr(sites, "tables", lambda: nullcontext(sqlite_app))
    change(sqlite_app, public_url="")
    done = CliRunner().invoke(sites.command, ["--json"])
    assert {row["url"] for row in json.loads(done.stdout)} == {""}
    assert "set MINYI_PUBLIC_URL" in done.stderr
    change(sqlite_app, public_url="https://survey.example")
    done = CliRunner().invoke(sites.command, ["--json"])
    assert "https://survey.example/s/aaa2222" in {row["url"] for row in json.loads(done.stdout)}
    assert done.stderr == ""


def test_a_zip_drawn_under_another_address_is_not_handed_out(sqlite_app, survey):
    change(sqlite_app, public_url="https://old.example")
    client = forging(sqlite_app)
    client.post("/console/surveys/wave1/posters")
    drawn = client.get("/console/surveys/wave1/posters.zip").data
    assert client.get("/console/surveys/wave1/posters.zip").data == drawn
    change(sqlite_app, public_url="https://new.example")
    nothing = client.get("/console/surveys/wave1/posters.zip", follow_redirects=True)
    assert "还没有按现在的地址制作过" in contents(nothing)
    assert "posters.zip" not in contents(client.get("/console/surveys/wave1/posters"))
