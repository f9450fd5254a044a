"""Whatever is uploaded, whatever is sent to a ticket's pages: no failure of ours, and nothing malformed stored."""

from __future__ import annotations

import io
import os
import re

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from PIL import Image
from sqlalchemy import delete, func, select

from survey_app.answering import form_token
from survey_app.console.permissions import ROUTES
from survey_app.ground.uploads import _LIMIT
from survey_app.models import StoredFile, Ticket, TicketEvent, TicketPhoto, db
from survey_app.tickets.fields import Counter, find_counter
from survey_app.tickets.steps import STATES, take
from tests.support.application import change
from tests.support.city import scored_city, small_city
from tests.support.people import enter, person
from tests.support.stored import begins_with
from tests.support.tickets import ticket_of
from tests.survey_app.console.test_permissions import routes

pytestmark = pytest.mark.longer
INPUTS = int(os.environ.get("TEST_MINYI_FUZZ_INPUTS", "60"))  # `make release` sends 10,000
QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]


def picture(kind: str) -> bytes:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "SECRET"
    out = io.BytesIO()
    Image.radial_gradient("L").resize((40, 30)).convert("RGB").save(out, kind, exif=exif)
    return out.getvalue()


def workbook() -> bytes:
    out = io.BytesIO()
    book = Workbook()
    book.active.append(["编号", "值", "=1+1"])
    book.save(out)
    return out.getvalue()


REAL = [picture(kind) for kind in ("JPEG", "PNG", "WEBP")]
HEADS = [body[:24] for body in REAL] + [
    b"GIF89a",
    b"PK\x03\x04",
    b"<svg ",
    b"%PDF-",
    b"RIFF\xff\xff\xff\xffWEBP",
    b"BM",
    b"",
]
TEXT = st.text(max_size=40) | st.sampled_from(["", "\x00", "１３８", "<script>", "💥" * 30, "13812345678", "x" * 1200])


@st.composite
def changed(draw: st.DrawFn, real: list[bytes]) -> bytes:
    """A real file with a few bytes changed, cut off or followed by something."""
    body = bytearray(draw(st.sampled_from(real)))
    for _ in range(draw(st.integers(0, 8))):
        body[draw(st.integers(0, len(body) - 1))] = draw(st.integers(0, 255))
    return bytes(body[: draw(st.integers(1, len(body)))]) + draw(st.binary(max_size=30))


FILES = (
    changed(REAL)
    | st.builds(lambda head, rest: head + rest, st.sampled_from(HEADS), st.binary(max_size=200))
    | st.sampled_from(REAL)
)
TABLES = st.sampled_from(
    [
        workbook(),
        b"code,name\n1,x\n",
        "编号,名称\n".encode("gb18030"),
        b"\xff\xfe\x00",
        b"a: [1, 2",
        b"a: &x [*x, *x]\n",
    ]
)
NAMES = st.text(max_size=12) | st.sampled_from(["a.jpg", "../../etc/passwd", "a.html", "a\x00.png", "\r\nX: y"])


@pytest.fixture
def counter(sqlite_app: Flask) -> Counter:
    change(sqlite_app, rate_tickets="100000000 per minute")
    small_city()
    found = find_counter("1")
    assert found is not None
    return found


@settings(max_examples=INPUTS, deadline=None, suppress_health_check=QUIET)
@given(
    photos=st.lists(st.tuples(FILES, NAMES), max_size=4),
    form=st.dictionaries(st.sampled_from(["field", "area", "where", "text", "contact", "photo", "token", "x"]), TEXT, max_size=4),
    whole=st.booleans(),
)  # fmt: skip
def test_no_report_makes_the_server_fail_or_stores_what_is_not_a_clean_picture(
    sqlite_app, counter, photos, form, whole
):
    data = {"field": "bus", "area": str(counter.places[1].area_id), "text": "站牌倒了"} if whole else {}
    data |= {"token": form_token.issue("problems of 1", "report")} | form
    files = [(io.BytesIO(body), re.sub(r"[\r\n]", "", name) or "x") for body, name in photos]
    for model in (TicketPhoto, Ticket, StoredFile):
        db.session.execute(delete(model))
    db.session.commit()
    reply = sqlite_app.test_client().post("/p/1", data=data | {"photo": files}, content_type="multipart/form-data")
    assert reply.status_code in (303, 400, 422)
    stored = list(db.session.scalars(select(Ticket)))
    assert len(stored) == (reply.status_code == 303)
    for file in db.session.scalars(select(StoredFile)):
        kept = Image.open(io.BytesIO(file.body))
        kept.load()
        assert kept.format == "JPEG"
        assert not kept.getexif()
        assert b"SECRET" not in file.body
    for ticket in stored:
        assert counter.field(ticket.field)
        assert counter.place(str(ticket.area_id))
        assert 1 <= len(ticket.text) <= 1100  # a number alone is stored as its mark
        assert "\x00" not in ticket.text + ticket.place


@settings(max_examples=INPUTS // 4, deadline=None, suppress_health_check=QUIET)
@given(body=st.binary(max_size=600), boundary=st.sampled_from(["x", "--", "é", ""]), path=st.text(max_size=20))
def test_no_body_and_no_address_of_the_problem_pages_makes_the_server_fail(sqlite_app, counter, body, boundary, path):
    client = sqlite_app.test_client()
    framed = b'--x\r\nContent-Disposition: form-data; name="photo"; filename="a.jpg"\r\n\r\n' + body
    for sent in (body, framed, framed + b"\r\n--x--\r\n"):
        assert (
            client.post("/p/1", data=sent, content_type=f"multipart/form-data; boundary={boundary}").status_code < 500
        )
    place = path.replace("\x00", "")
    for address in (f"/p/{place}", f"/q/{place}", f"/q/{place}/rate", f"/problems?field={place}&page={place}"):
        try:
            assert client.get(address).status_code < 500
            assert client.post(address, data=body).status_code < 500
        except (UnicodeError, ValueError):  # an address no client can send
            continue
    assert db.session.scalar(select(func.count(Ticket.id))) == 0


@settings(max_examples=INPUTS // 4, deadline=None, suppress_health_check=QUIET)
@given(act=st.sampled_from(["supplement", "object", "rate", "x"]), text=TEXT, value=TEXT | st.sampled_from("012345"))
def test_no_step_of_a_citizen_makes_the_server_fail_or_leaves_the_states(sqlite_app, counter, act, text, value):
    ticket = db.session.scalar(select(Ticket))
    if ticket is None:
        ticket, number = ticket_of("甲县", "交通局")
        sqlite_app.config["FUZZ_NUMBER"] = number
    if ticket.state == "working":
        take(ticket, "ask" if ticket.version % 2 else "close", "department", "li", "请补充")
        db.session.commit()
    number = sqlite_app.config["FUZZ_NUMBER"]
    reply = sqlite_app.test_client().post(f"/q/{number}/{act}", data={"text": text, "value": value})
    assert reply.status_code in (303, 404, 422)
    db.session.refresh(ticket)
    assert ticket.state in STATES
    assert ticket.satisfaction in (None, 1, 2, 3, 4, 5)
    assert "\x00" not in "".join(db.session.scalars(select(TicketEvent.text)))


@begins_with(scored_city)
def test_no_file_makes_an_upload_page_of_the_console_fail(sqlite_app):
    """Every route marked as taking files, found by its mark, with each field name its pages use."""
    sqlite_app.config.update(WTF_CSRF_ENABLED=False, WTF_CSRF_METHODS=[])
    known = {endpoint: entry[1] for endpoint, entry in routes().items()}
    taking = [name for name, view in sqlite_app.view_functions.items() if hasattr(view, _LIMIT) and name in ROUTES]
    addresses = [known[name] if isinstance(known[name], str) else known[name]() for name in taking]
    client = enter(sqlite_app.test_client(), person("administrator", "", "").user)

    @settings(max_examples=INPUTS, deadline=None, suppress_health_check=QUIET)
    @given(
        body=FILES | TABLES | changed([workbook()]),
        name=NAMES | st.sampled_from(["a.xlsx", "a.csv", "a.pdf"]),
        field=st.sampled_from(["file", "files"]),
        address=st.sampled_from(addresses),
    )
    def send(body, name, field, address):
        data = {field: (io.BytesIO(body), re.sub(r"[\r\n]", "", name) or "x"), "reason": "试", "mode": "phone"}
        reply = client.post(address, data=data, content_type="multipart/form-data")
        assert reply.status_code < 500, address

    assert addresses
    send()
