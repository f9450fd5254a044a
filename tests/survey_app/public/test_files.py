"""What programs ask for at the root: which pages may be indexed, an icon, and whom to tell of a weakness."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree

import pytest

from survey_app.public.files import addresses_in
from tests.support.application import change


@pytest.fixture
def client(sqlite_app):
    return sqlite_app.test_client()


def test_forms_receipts_tickets_and_the_console_stay_out_of_indexes(client):
    reply = client.get("/robots.txt")
    assert reply.mimetype == "text/plain"
    rules = RobotFileParser()
    rules.parse(reply.text.splitlines())
    for path in ("/s/aaa2222", "/i/ABCD", "/t/x", "/q/1", "/p/1", "/erase", "/console/", "/a/page.css"):
        assert not rules.can_fetch("*", path), path
    for path in ("/problems", "/privacy"):
        assert rules.can_fetch("*", path), path
    assert "Allow: /$\n" in reply.text  # the front page; Python's own reader knows no $


def test_a_robots_file_of_the_office_comes_before_ours(sqlite_app, client):
    change(sqlite_app, verification="robots.txt Disallow-all")
    assert client.get("/robots.txt").text == "Disallow-all"


@pytest.mark.parametrize("address", ["/favicon.ico", "/favicon.svg"])
def test_the_icon_is_a_small_drawing(client, address):
    reply = client.get(address)
    assert reply.mimetype == "image/svg+xml"
    assert len(reply.data) < 1000
    assert ElementTree.fromstring(reply.data).tag.endswith("svg")  # our own


def test_whom_to_tell_of_a_weakness_follows_from_the_contact(sqlite_app, client):
    change(sqlite_app, contact="考评办 security@city.example，0537-1234567", public_url="https://survey.example/")
    reply = client.get("/.well-known/security.txt")
    assert reply.mimetype == "text/plain"
    assert "Contact: mailto:security@city.example\nContact: tel:+865371234567\n" in reply.text
    assert "Canonical: https://survey.example/.well-known/security.txt" in reply.text
    until = datetime.fromisoformat(re.search("Expires: (.*)", reply.text)[1])
    assert timedelta() < until - datetime.now(UTC) < timedelta(days=365)


@pytest.mark.parametrize("contact", ["", "市政府大楼 3 楼 301 室，272000"])
def test_without_anything_to_write_to_there_is_none_and_it_says_why(sqlite_app, client, contact):
    change(sqlite_app, contact=contact)
    reply = client.get("/.well-known/security.txt")
    assert reply.status_code == 404
    assert "还没有可以联系的电子邮箱、网址或电话" in reply.text
    assert "no e-mail address" in client.get("/.well-known/security.txt?lang=en").text


@pytest.mark.parametrize(
    ("contact", "found"),
    [
        ("a.b@c.gov.cn", ["mailto:a.b@c.gov.cn"]),
        ("见 https://city.example/contact。", ["https://city.example/contact"]),
        ("(见https://city.example/a?b=1.)", ["https://city.example/a?b=1"]),
        ("“https://city.example:8443/”", ["https://city.example:8443/"]),
        ("请到https://city.example。", ["https://city.example"]),
        ("热线12345", ["tel:12345;phone-context=+86"]),
        ("+86 13812345678", ["tel:+8613812345678"]),
        ("010-12345678转3", ["tel:+861012345678"]),
        ("邮编272000，8号院", []),
    ],
)
def test_addresses_are_read_out_of_an_offices_own_words(contact, found):
    assert addresses_in(contact) == found
