"""The one-page brief on the office's own letterhead, and the read-only link that shows it."""

from __future__ import annotations

import gzip
import io
import random
import re
import zipfile
from datetime import timedelta
from unittest.mock import ANY

import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy import select

from survey_app.briefs.colours import GROUNDS, contrast, passing
from survey_app.briefs.letterhead import change
from survey_app.briefs.links import LinkError, make_link, run_behind
from survey_app.briefs.pages.brief import brief
from survey_app.console.sent_reports import head
from survey_app.documents import written
from survey_app.estimates.figure_notes import add_note
from survey_app.estimates.suppression import shown_result
from survey_app.ground import held
from survey_app.models import AuditEntry, EstimateRun, Letterhead, Site, ViewLink, db
from survey_app.models.base import now
from tests.support.city import scored_city
from tests.support.people import client_of, csrf
from tests.support.stored import begins_with

pytestmark = begins_with(scored_city)


def the_run() -> EstimateRun:
    return db.session.scalars(select(EstimateRun)).one()


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (900, 600), "#0b5c8a").save(out, "PNG")
    return out.getvalue()


def a_link(days: int = 30) -> str:
    token = make_link(the_run(), "市领导", days, "anna")[1]
    db.session.commit()
    return token


def test_a_brief_is_one_page_on_the_offices_letterhead(app):
    change("某市政务服务局", "Bureau of Services", "某路1号", picture())
    run = the_run()
    add_note(run, run.result, "city", "首次抽样", "anna")
    with app.test_request_context("/console/"):
        report = brief(run, shown_result(run, []), "zh")
    body = written(report, "docx")
    words = [paragraph.text for paragraph in Document(io.BytesIO(body)).paragraphs]
    assert words[0].strip() == "某市政务服务局"
    assert words[1] == "某路1号"
    assert any(text.startswith("首次抽样") for text in words)
    with zipfile.ZipFile(io.BytesIO(body)) as parts:
        assert any(name.startswith("word/media/") for name in parts.namelist())
    pdf = written(report, "pdf")
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1


def test_a_letterhead_is_made_on_its_page_and_keeps_its_picture(sqlite_app):
    client = client_of(sqlite_app, "manager")

    def sent(**form: object):
        token = csrf(client.get("/console/letterhead").get_data(as_text=True))
        return client.post("/console/letterhead", data={"csrf_token": token, "office": "某局", **form})

    assert sent(picture=(io.BytesIO(picture()), "logo.png")).status_code == 302
    logo = client.get("/console/letterhead/logo")
    assert Image.open(io.BytesIO(logo.data)).size == (400, 267)
    assert sent(line="某路1号").status_code == 302
    assert head("zh").line == "某路1号"
    assert head("zh").logo is not None
    assert sent(office="").status_code == 422
    assert sent(picture=(io.BytesIO(b"no picture"), "logo.png")).status_code == 422
    assert sent(without_logo="y").status_code == 302
    db.session.expire_all()
    assert db.session.scalars(select(Letterhead)).one().logo is None


def test_a_link_shows_the_brief_without_signing_in_and_nothing_of_the_staff(sqlite_app):
    client = client_of(sqlite_app, "evaluator")
    page = f"/console/estimates/{the_run().id}/links"
    token = csrf(client.get(page).get_data(as_text=True))
    answer = client.post(page, data={"csrf_token": token, "label": "市领导", "days": "30"}).get_data(as_text=True)
    address = re.search(r"/view/[\w-]+", answer).group()
    link = db.session.scalars(select(ViewLink)).one()
    assert address.removeprefix("/view/") not in (link.token, "")
    stranger = sqlite_app.test_client()
    shown = stranger.get(address)
    assert shown.status_code == 200
    text = shown.get_data(as_text=True)
    assert "某市市民体验调查" in text
    assert "甲县" in text
    for hidden in ("admin", link.by, "市领导", "/console/estimates", "一号点"):
        assert hidden not in text
    assert shown.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert shown.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in shown.headers["Content-Security-Policy"]
    assert stranger.get(f"{address}/brief.docx").data[:2] == b"PK"
    assert "Public satisfaction" in stranger.get(f"{address}?lang=en").get_data(as_text=True)


def test_a_link_ends_with_its_day_and_with_its_revoking(sqlite_app):
    address = f"/view/{a_link()}"
    client, stranger = client_of(sqlite_app, "evaluator"), sqlite_app.test_client()
    link = db.session.scalars(select(ViewLink)).one()
    page = client.get("/console/links").get_data(as_text=True)
    assert "市领导" in page
    assert client.post(f"/console/links/{link.id}/revoke", data={"csrf_token": csrf(page)}).status_code == 302
    assert stranger.get(address).status_code == 404
    assert "可能已经到期、被收回" in stranger.get(address).get_data(as_text=True)
    assert stranger.get(f"{address}/brief.pdf").status_code == 404
    token = a_link()
    newest = db.session.scalars(select(ViewLink).order_by(ViewLink.id.desc())).first()
    newest.ends_at = now() - timedelta(seconds=1)
    db.session.commit()
    assert stranger.get(f"/view/{token}").status_code == 404
    assert [entry.action for entry in db.session.scalars(select(AuditEntry).where(AuditEntry.action.like("link.%")))] == [
        "link.make", "link.revoke", "link.make",
    ]  # fmt: skip


def test_no_link_is_made_or_opens_while_the_figure_is_held(app, monkeypatch):
    token = a_link()
    assert run_behind(token) == the_run()
    monkeypatch.setattr("survey_app.briefs.links.held", lambda survey: True)
    assert run_behind(token) is None
    with pytest.raises(LinkError):
        a_link()
    assert held.held(the_run().survey) is False


@pytest.mark.parametrize(
    ("label", "days"), [("", 30), ("市领导", 0), ("市领导", 181), ("市领导", None), ("市" * 81, 30)]
)
def test_a_link_needs_its_reader_and_an_end(app, label, days):
    with pytest.raises(LinkError):
        make_link(the_run(), label, days, "anna")
    assert db.session.scalars(select(ViewLink)).all() == []


def test_the_offices_marks_are_on_every_page_once_it_says_so(sqlite_app):
    client = client_of(sqlite_app, "manager")

    def sent(**form):
        token = csrf(client.get("/console/letterhead").get_data(as_text=True))
        reply = client.post("/console/letterhead", data={"csrf_token": token, "office": "某市数据局", **form})
        return reply.status_code, reply.get_data(as_text=True)

    site = db.session.scalars(select(Site)).first().public_code
    citizen = sqlite_app.test_client()
    assert sent(picture=(io.BytesIO(noise()), "a.png"), colour="#0B5C8A")[0] == 302
    assert "某市数据局" not in citizen.get(f"/s/{site}").get_data(as_text=True)
    assert sent(colour="#ff9900", shown="y") == (422, ANY)
    assert "#9c5d00" in sent(colour="#ff9900", shown="y")[1], "the nearest colour that passes is said"
    assert "#0b5c8a 的样子" in sent(colour="red", shown="y")[1]
    assert sent(colour="#7a1f5c", shown="y")[0] == 302
    answer = citizen.get(f"/s/{site}", headers={"Accept-Encoding": "gzip"})
    page = gzip.decompress(answer.data).decode()
    assert '<p class="office">某市数据局</p>' in page, "the form's first load has no room for a picture"
    assert '<p class="office"><img src="data:image/jpeg;base64,' in citizen.get("/").get_data(as_text=True)
    assets = re.findall(r'(?:href|src)="(/a/[^"]+)"', page)
    style = citizen.get(assets[0])
    assert "{:root{--main:#7a1f5c}}" in style.get_data(as_text=True)
    size = sum(len(citizen.get(a, headers={"Accept-Encoding": "gzip"}).data) for a in assets) + len(answer.data)
    assert size <= 20_000, "the first load keeps its budget"
    assert citizen.get(assets[0].replace("7a1f5c", "7a1f5")).status_code == 404
    assert "/console/colour/7a1f5c.css" in client.get("/console/").get_data(as_text=True)
    assert "--main:#7a1f5c" in sqlite_app.test_client().get("/console/colour/7a1f5c.css").get_data(as_text=True)
    assert (
        db.session.scalars(select(AuditEntry).order_by(AuditEntry.number.desc())).first().after["colour"] == "#7a1f5c"
    )


@given(st.integers(0, 0xFFFFFF))
def test_every_colour_has_a_shade_that_can_be_read(number):
    shade = passing(f"#{number:06x}")
    assert all(contrast(shade, ground) >= 4.5 for ground in GROUNDS)
    assert passing(shade) == shade


def noise() -> bytes:
    """A picture that no compression makes small."""
    out = io.BytesIO()
    Image.frombytes("RGB", (300, 100), random.Random(1).randbytes(90_000)).save(out, "PNG")
    return out.getvalue()
