"""A citizen reports a problem and follows it: stored once, with clean photos, and with nothing that leads to an answer."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, timedelta

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import func, inspect, select

from survey_app.answering.form_token import Answered, sign_answered
from survey_app.ground.clock import today
from survey_app.ground.limits import counters
from survey_app.ground.sealing import unseal
from survey_app.models import Area, AuditEntry, StoredFile, Survey, Ticket, TicketEvent, TicketPhoto, db
from survey_app.tickets.steps import CITIZEN, RULE, take
from tests.support.application import change
from tests.support.city import small_city

TEXT = "路口的红绿灯坏了两天，请打我电话13812345678"


def picture(kind: str = "JPEG", size: tuple[int, int] = (900, 600), **options: object) -> bytes:
    out = io.BytesIO()
    image = Image.new("RGB", size, "#3377aa")
    image.paste("#ffffff", (0, 0, size[0] // 2, size[1] // 2))
    image.save(out, kind, **options)
    return out.getvalue()


def with_place_and_turn() -> bytes:
    """A photo lying on its side, taken at a known place by a known camera."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "SecretCamera"
    exif.get_ifd(0x8825)[2] = (35.0, 24.0, 30.0)
    return picture(exif=exif)


def sheet(client, language: str = "zh") -> tuple[str, str]:
    """A fresh token, and the value of 甲县 in the form."""
    page = client.get(f"/p/1?lang={language}").get_data(as_text=True)
    token = re.search(r'name="token" value="([^"]+)"', page)[1]
    return token, re.search(r'value="(\d+)">(?:甲县|Jia)<', page)[1]


def report(client, *photos: bytes, **changes: str):
    token, area = sheet(client)
    data = {
        "token": token,
        "field": "traffic",
        "area": area,
        "where": "一号路口",
        "text": TEXT,
        "contact": "张 13812345678",
    }
    data |= changes
    if photos:
        data["photo"] = [(io.BytesIO(body), f"photo{place}.jpg") for place, body in enumerate(photos)]
    return client.post("/p/1", data=data, content_type="multipart/form-data")


def number_of(reply) -> str:
    assert reply.status_code == 303, reply.get_data(as_text=True)
    return reply.location.split("/q/")[1].split("?")[0]


@pytest.fixture
def city(sqlite_app: Flask):
    return small_city()


def test_a_report_gets_a_number_that_opens_its_page_in_both_languages(app):
    small_city()
    client = app.test_client()
    number = number_of(report(client))
    assert len(number) == 12
    page = client.get(f"/q/{number[:4]}-{number[4:8].lower()} {number[8:]}").get_data(as_text=True)
    assert "已收到，等待答复" in page
    assert "红绿灯坏了" in page
    assert "13812345678" not in page
    assert "waiting for a reply" in client.get(f"/q/{number}?lang=en").get_data(as_text=True)


def test_what_identifies_a_person_is_sealed_and_the_number_is_not_stored(sqlite_app, city):
    number = number_of(report(sqlite_app.test_client()))
    ticket = db.session.scalars(select(Ticket)).one()
    assert "13812345678" not in ticket.text
    assert "〔电话〕" in ticket.text
    assert unseal(ticket.sealed_text) == TEXT
    assert unseal(ticket.sealed_contact) == "张 13812345678"
    stored = str({column.key: getattr(ticket, column.key) for column in inspect(Ticket).columns})
    assert number not in stored
    assert "张" not in stored


def test_nothing_stored_leads_to_a_response(sqlite_app, city):
    number_of(report(sqlite_app.test_client(), picture()))
    names = {column.key for model in (Ticket, TicketPhoto) for column in inspect(model).columns}
    assert not names & {"response_id", "site_id", "receipt", "language", "created_at", "received_at", "address"}
    assert db.session.scalar(select(func.count(TicketEvent.id))) == 0
    assert db.session.scalar(select(func.count(AuditEntry.number)).where(AuditEntry.subject.startswith("ticket"))) == 0
    file = db.session.scalars(select(StoredFile)).one()
    assert (file.stored_at + timedelta(hours=8)).time().isoformat() == "00:00:00"
    assert db.session.scalars(select(Ticket)).one().received_on == today()


def test_the_same_form_sent_twice_makes_one_ticket_and_tells_the_same_number(app):
    small_city()
    client = app.test_client()
    token, area = sheet(client)
    data = {"token": token, "field": "other", "area": area, "text": "公园的灯不亮"}
    assert number_of(client.post("/p/1", data=data)) == number_of(client.post("/p/1", data=data))
    assert db.session.scalar(select(func.count(Ticket.id))) == 1


def test_every_mistake_is_told_at_once_and_every_word_kept(sqlite_app, city):
    client = sqlite_app.test_client()
    reply = report(client, field="", area="999", text="灯", where="东门", contact="x" * 61)
    page = reply.get_data(as_text=True)
    assert reply.status_code == 422
    for words in ("请选择关于哪方面", "请选择在哪里", "至少5个字", "文字太长", "东门", ">\n灯</textarea>"):
        assert words in page
    assert db.session.scalar(select(func.count(Ticket.id))) == 0


def test_a_photo_is_drawn_anew_upright_and_without_what_the_camera_wrote(sqlite_app, city):
    sent = with_place_and_turn()
    assert b"SecretCamera" in sent
    number_of(report(sqlite_app.test_client(), sent))
    stored = db.session.scalars(select(StoredFile)).one()
    assert b"SecretCamera" not in stored.body
    kept = Image.open(io.BytesIO(stored.body))
    assert (kept.format, stored.media_type) == ("JPEG", "image/jpeg")
    assert not kept.getexif()
    assert kept.size == (600, 900)
    assert kept.getpixel((590, 10))[0] > 200  # the white corner has turned with the picture


def test_other_kinds_of_pictures_are_taken_and_large_ones_made_smaller(sqlite_app, city):
    number_of(report(sqlite_app.test_client(), picture("PNG", (3000, 1200)), picture("WEBP", (300, 2000))))
    sizes = {Image.open(io.BytesIO(file.body)).size for file in db.session.scalars(select(StoredFile))}
    assert sizes == {(1600, 640), (240, 1600)}


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("a.txt", "x")
    return out.getvalue()


def bomb() -> bytes:
    """A PNG of a few hundred bytes that says it is 60,000 by 60,000."""
    body = picture("PNG", (8, 8))
    import struct
    import zlib

    head = struct.pack(">II", 60_000, 60_000) + body[24:29]
    return body[:16] + head + struct.pack(">I", zlib.crc32(b"IHDR" + head)) + body[33:]


REFUSED = {
    "zip": (archive(), "不是照片"),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "不是照片"),
    "html": (b"<html><script>alert(1)</script>", "不是照片"),
    "gif": (picture("GIF"), "不是照片"),
    "empty": (b"", "不是照片"),
    "cut off": (picture()[:400], "打不开"),
    "bomb": (bomb(), "尺寸太大"),
    "heavy": (b"\xff\xd8\xff" + bytes(5 * 1024 * 1024), "不超过5 MB"),
}


def test_a_jpg_that_is_none_is_refused_and_the_words_are_kept(sqlite_app, city):
    client = sqlite_app.test_client()
    for name, (body, said) in REFUSED.items():
        reply = report(client, body)
        page = reply.get_data(as_text=True)
        assert reply.status_code == 422, name
        assert said in page.split('id="photo-error">')[1].split("</p>")[0], name
        assert "红绿灯坏了" in page
    assert db.session.scalar(select(func.count(StoredFile.digest))) == 0


def test_a_picture_with_an_archive_behind_it_loses_the_archive(sqlite_app, city):
    number_of(report(sqlite_app.test_client(), picture() + archive()))
    assert b"PK\x03\x04" not in db.session.scalars(select(StoredFile)).one().body


def test_a_body_over_the_limit_is_refused_before_it_is_parsed(sqlite_app, city):
    heavy = b"\xff\xd8\xff" + bytes(6 * 1024 * 1024)
    reply = report(sqlite_app.test_client(), heavy, heavy, heavy)
    assert reply.status_code == 413
    assert "照片合计太大" in reply.get_data(as_text=True)


def test_four_photos_are_one_too_many(sqlite_app, city):
    assert report(sqlite_app.test_client(), *[picture()] * 4).status_code == 422


def test_programs_and_floods_are_told_to_stop_and_nothing_is_stored(sqlite_app, city):
    client = sqlite_app.test_client()
    assert report(client, website="http://x").status_code == 422
    assert report(client, token="made-up").status_code == 400
    change(sqlite_app, rate_tickets="3 per hour")
    statuses = [report(client).status_code for _ in range(4)]
    assert statuses == [303, 303, 303, 429]
    assert "203.0.113" not in str(counters().memory.storage._kept)


def test_ticket_numbers_cannot_be_tried_out(sqlite_app, city):
    client = sqlite_app.test_client()
    statuses = [client.get(f"/q/AAAABBBB{n:04d}").status_code for n in range(62)]
    assert statuses[0] == 404
    assert statuses[-1] == 429


def closed_ticket(client) -> tuple[str, Ticket]:
    number = number_of(report(client))
    ticket = db.session.scalars(select(Ticket)).one()
    take(ticket, "route", RULE, RULE, routed=True, department="交通局")
    take(ticket, "ask", "department", "li", "请问是哪个路口？电话0537-2345678")
    db.session.commit()
    return number, ticket


def test_the_citizen_answers_a_question_and_rates_the_end_exactly_once(sqlite_app, city):
    client = sqlite_app.test_client()
    number, ticket = closed_ticket(client)
    page = client.get(f"/q/{number}").get_data(as_text=True)
    assert "请问是哪个路口？电话0537-2345678" in page
    assert client.post(f"/q/{number}/rate", data={"value": "1"}).status_code == 422
    assert client.post(f"/q/{number}/supplement", data={"text": " "}).status_code == 422
    assert client.post(f"/q/{number}/supplement", data={"text": "一号路口，找张三13812345678"}).status_code == 303
    assert client.post(f"/q/{number}/supplement", data={"text": "再说一次"}).status_code == 422
    db.session.refresh(ticket)
    assert (ticket.state, ticket.events[-1].at, ticket.events[-1].by) == ("working", None, CITIZEN)
    assert "13812345678" not in ticket.events[-1].text
    take(ticket, "close", "department", "li", "已修好")
    db.session.commit()
    assert "您对这次办理满意吗" in client.get(f"/q/{number}").get_data(as_text=True)
    assert client.post(f"/q/{number}/rate", data={"value": "9"}).status_code == 422
    assert client.post(f"/q/{number}/rate", data={"value": "4"}).status_code == 303
    assert client.post(f"/q/{number}/rate", data={"value": "1"}).status_code == 422
    page = client.get(f"/q/{number}").get_data(as_text=True)
    assert "您对这次办理满意吗" not in page
    assert "比较满意" in page
    db.session.refresh(ticket)
    assert ticket.satisfaction == 4


def test_an_ended_ticket_is_reopened_once_by_its_citizen_and_not_after_thirty_days(sqlite_app, city):
    client = sqlite_app.test_client()
    number, ticket = closed_ticket(client)
    take(ticket, "close", "department", "li", "已修好")
    db.session.commit()
    assert client.post(f"/q/{number}/object", data={"text": "还是不亮"}).status_code == 303
    db.session.refresh(ticket)
    assert (ticket.state, ticket.objected, ticket.closed_on) == ("working", True, None)
    take(ticket, "close", "department", "li", "真的修好了")
    db.session.commit()
    assert client.post(f"/q/{number}/object", data={"text": "还是不亮"}).status_code == 422
    ticket.objected, ticket.closed_on = False, date(2026, 1, 1)
    db.session.commit()
    assert "/object" not in client.get(f"/q/{number}").get_data(as_text=True)


def test_the_receipt_leads_to_the_form_without_saying_whose_it_is(sqlite_app, city):
    own, client = Answered("ABCDEFGH23", 1, "screened_out", "minor"), sqlite_app.test_client()
    client.set_cookie("minyi_answered", sign_answered(own), path="/s/aaa2222")
    page = client.get(f"/s/aaa2222/receipt/{own.mark}")
    assert 'href="/p/1"' in page.get_data(as_text=True)
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert sqlite_app.test_client().get("/p").location == "/p/1"
    assert sqlite_app.test_client().get("/p/wave1").status_code == 200
    assert sqlite_app.test_client().get("/p/nowhere").status_code == 404


def test_where_several_cities_ask_the_short_address_lets_a_citizen_choose(sqlite_app, city):
    client = sqlite_app.test_client()
    assert client.get("/p").location.startswith(f"/p/{city.city.code}")
    other = Area(code="99", name="别市", name_en="Other City", kind="city")
    db.session.add(
        Survey(
            code="other", title="x", city=other, questionnaire_id=city.questionnaire_id, state="draft", plan=city.plan,
            plan_digest=city.plan_digest,
        )
    )  # fmt: skip
    db.session.commit()
    page = client.get("/p?lang=en")
    assert page.status_code == 200
    assert "/p/99?lang=en" in page.get_data(as_text=True)
    assert "Other City" in page.get_data(as_text=True)
    assert "别市" in client.get("/p").get_data(as_text=True)
