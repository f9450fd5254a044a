"""Signing in: passwords that are refused, the second factor, lock-out, sessions that end and lose no form."""

from __future__ import annotations

import re
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import current_app
from flask_security.core import _default_messages
from passlib.totp import TOTP
from sqlalchemy import select

from survey_app.models import AuditEntry, Kept, User, db
from survey_app.people.accounts import create_account
from survey_app.people.passwords import weakness
from tests.support.application import change
from tests.support.people import PASSWORD, client_of, csrf, enter, person, post, sign_in, signed_in

HOME = {"Origin": "http://localhost"}


@pytest.fixture
def eva(sqlite_app):
    """An evaluator who has signed in and has a password of her own."""
    return signed_in(sqlite_app.test_client(), create_account("eva", "evaluator"), "eva")


def app_on_the_phone(client) -> TOTP:
    """Start the set-up and read the key from the page, as a person would."""
    page = post(client, "/console/second-factor", setup="authenticator").get_data(as_text=True)
    return TOTP(key=re.search(r'id="key">([^<]+)<', page)[1].replace("-", ""), format="base32")


def code(totp: TOTP, steps: int = 0) -> str:
    return totp.generate(time.time() + 30 * steps).token


def set_up(client) -> TOTP:
    totp = app_on_the_phone(client)
    page = client.get("/console/second-factor").get_data(as_text=True)
    reply = client.post("/console/second-factor/code", data={"csrf_token": csrf(page), "code": code(totp, -1)})
    assert reply.location == "/console/me"
    return totp


def actions() -> list[str]:
    return list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.number)))


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("password123456", "太常见"),
        ("qwertyuiop", "太"),
        ("aaaaaaaaaaaa", "太容易猜到"),
        ("zhangwei-2026", "用户名或姓名"),
        ("Jining-Evaluation-19", ""),
        ("correct horse battery staple", ""),
        ("x" * 3000, "太容易猜到"),
    ],
)
def test_a_password_is_judged_by_how_easily_it_is_guessed(sqlite_app, password, said):
    with sqlite_app.test_request_context():
        found = weakness(password, ["ZhangWei"])
    assert said in found
    assert bool(found) == bool(said)


def test_a_common_password_is_refused_in_the_readers_language(sqlite_app):
    client = sqlite_app.test_client()
    one_time = create_account("eva", "evaluator")
    sign_in(client, "eva", password=one_time)
    for language, said in (("zh", "密码太常见"), ("en", "too common")):
        client.get(f"/console/language/{language}")
        new = {"new_password": "password123456", "new_password_confirm": "password123456"}
        page = post(client, "/console/password", password=one_time, **new).get_data(as_text=True)
        assert said in re.findall(r'role="alert">([^<]+)', page)[0]


SWITCHED_OFF = {  # what Flask-Security can do and Minyi does not, and how its messages begin
    "WEBAUTHN": ("WEBAUTHN_",),
    "UNIFIED_SIGNIN": ("US_", "GENERIC_US_"),
    "CONFIRMABLE": ("CONFIRM", "INVALID_CONFIRM", "EMAIL_CONFIRMED", "ALREADY_CONFIRMED"),
    "RECOVERABLE": ("PASSWORD_RESET", "INVALID_RESET", "FORGOT_", "GENERIC_RECOVERY"),
    "PASSWORDLESS": ("PASSWORDLESS_", "LOGIN_E", "INVALID_LOGIN_TOKEN"),
    "CHANGE_EMAIL": ("CHANGE_EMAIL_",),
    "CHANGE_USERNAME": ("USERNAME_CHANGE",),
    "USERNAME_RECOVERY": ("USERNAME_RECOVERY_",),
    "OAUTH_ENABLE": ("OAUTH_",),
}


def test_every_message_of_flask_security_that_can_be_said_has_its_chinese(sqlite_app):
    assert not any(sqlite_app.config[f"SECURITY_{feature}"] for feature in SWITCHED_OFF)
    unsaid = tuple(start for starts in SWITCHED_OFF.values() for start in starts)
    said = [str(text) for key, (text, _kind) in _default_messages.items() if not key.startswith(unsaid)]
    domain = current_app.extensions["security"].i18n_domain
    with sqlite_app.test_request_context():
        assert [text for text in said if text == domain.gettext(text)] == []


def test_a_second_factor_is_set_up_and_asked_for_at_the_next_sign_in(eva):
    totp = set_up(eva)
    assert "factor.set" in actions()
    other = eva.application.test_client()
    assert sign_in(other, "eva").location.startswith("/console/second-factor/code")
    assert other.get("/console/").status_code == 302  # half signed in is not signed in
    assert "验证码不对" in post(other, "/console/second-factor/code", code="000000").get_data(as_text=True)
    assert post(other, "/console/second-factor/code", code=code(totp)).status_code == 302
    assert other.get("/console/me").status_code == 200


def test_a_code_counts_once(eva):
    totp = set_up(eva)
    used = code(totp)
    for reached in (200, 302):
        client = eva.application.test_client()
        sign_in(client, "eva")
        post(client, "/console/second-factor/code", code=used)
        assert client.get("/console/me").status_code == (200 if reached == 200 else 302)


def test_a_recovery_code_is_shown_once_opens_once_and_is_stored_only_as_a_hash(eva):
    set_up(eva)
    assert eva.get("/console/").location == "/console/second-factor/recovery-codes"  # nobody forgets to make them
    page = post(eva, "/console/second-factor/recovery-codes", generate_new_codes="1").get_data(as_text=True)
    codes = re.findall(r"<li>([a-z0-9-]+)</li>", page)
    assert len(codes) == 10
    again = eva.get("/console/second-factor/recovery-codes?show_codes=1").get_data(as_text=True)
    assert not any(shown in again for shown in codes)
    assert not set(codes) & set(db.session.scalar(select(User.mf_recovery_codes).where(User.username == "eva")))
    for opened in (True, False):
        client = eva.application.test_client()
        sign_in(client, "eva")
        post(client, "/console/second-factor/recover", code=codes[0].upper())
        assert (client.get("/console/me").status_code == 200) is opened
    assert "factor.recovery_used" in actions()


def test_a_role_that_must_have_a_second_factor_gets_nowhere_without_it(sqlite_app):
    one_time = create_account("adm", "administrator")
    change(sqlite_app, require_totp=frozenset({"administrator"}))
    client = sqlite_app.test_client()
    assert sign_in(client, "adm", one_time).location == "/console/second-factor"
    assert client.get("/console/").status_code == 302
    totp = app_on_the_phone(client)
    page = client.get("/console/second-factor").get_data(as_text=True)
    client.post("/console/second-factor/code", data={"csrf_token": csrf(page), "code": code(totp)})
    assert client.get("/console/").location == "/console/password"
    change(sqlite_app, require_totp=frozenset())


def test_a_role_that_must_have_a_second_factor_cannot_switch_it_off(eva):
    set_up(eva)
    change(eva.application, require_totp=frozenset({"evaluator"}))
    page = eva.get("/console/second-factor").get_data(as_text=True)
    assert 'value="disable"' not in page
    eva.post("/console/second-factor", data={"csrf_token": csrf(page), "setup": "disable"})
    assert db.session.scalar(select(User.tf_primary_method).where(User.username == "eva")) == "authenticator"


def test_wrong_codes_lock_the_account_like_wrong_passwords(eva):
    totp = set_up(eva)
    client = eva.application.test_client()
    sign_in(client, "eva")
    token = csrf(client.get("/console/second-factor/code").get_data(as_text=True))
    tries = [
        client.post("/console/second-factor/code", data={"csrf_token": token, "code": "000000"}) for _ in range(11)
    ]
    assert [reply.status_code for reply in tries] == [200] * 10 + [429]
    reply = client.post("/console/second-factor/code", data={"csrf_token": token, "code": code(totp)})
    assert reply.status_code == 429


def test_wrong_codes_of_the_app_and_wrong_recovery_codes_count_together(eva):
    set_up(eva)
    client = eva.application.test_client()
    sign_in(client, "eva")
    token = csrf(client.get("/console/second-factor/code").get_data(as_text=True))
    statuses = [
        client.post(f"/console/second-factor/{step}", data={"csrf_token": token, "code": "000000"}).status_code
        for step in ("code", "recover") * 6
    ]
    assert statuses == [200] * 10 + [429] * 2


def test_an_address_is_locked_after_fifty_wrong_passwords_for_whatever_names_and_another_is_not(sqlite_app):
    client = sqlite_app.test_client()
    token = csrf(client.get("/console/sign-in").get_data(as_text=True))

    def attempt(number: int, address: str) -> int:
        data = {"csrf_token": token, "username": f"name{number}", "password": PASSWORD}
        return client.post("/console/sign-in", data=data, environ_base={"REMOTE_ADDR": address}).status_code

    assert [attempt(number, "203.0.113.7") for number in range(51)] == [200] * 50 + [429]
    assert attempt(51, "203.0.113.8") == 200


def test_wrong_passwords_count_however_they_are_sent(sqlite_app):
    """JSON has no way past the lock; what asks for JSON gets the page, and its failure counts."""
    client = sqlite_app.test_client()
    token = csrf(client.get("/console/sign-in").get_data(as_text=True))
    tried = {"csrf_token": token, "username": "eva", "password": PASSWORD}
    by_json = [client.post("/console/sign-in", json=tried, headers={"X-CSRFToken": token}) for _ in range(2)]
    assert [reply.status_code for reply in by_json] == [415, 415]
    asked = [
        client.post("/console/sign-in", data=tried, headers={"Accept": "application/json"}).status_code
        for _ in range(11)
    ]
    assert asked == [200] * 10 + [429]


def test_a_name_written_in_full_width_is_locked_as_the_same_name(sqlite_app):
    client = sqlite_app.test_client()
    token = csrf(client.get("/console/sign-in").get_data(as_text=True))
    names = ["eva", "ｅva", "eｖa", "evａ", "EVA", "ＥＶＡ", "Eva "]
    statuses = [
        client.post("/console/sign-in", data={"csrf_token": token, "username": name, "password": PASSWORD}).status_code
        for name in (names * 2)[:11]
    ]
    assert statuses == [200] * 10 + [429]


def test_the_page_that_asks_for_the_password_again_is_locked_with_the_name(eva):
    token = csrf(eva.get("/console/confirm").get_data(as_text=True))
    statuses = [
        eva.post("/console/confirm", data={"csrf_token": token, "password": f"guess {number}"}).status_code
        for number in range(11)
    ]
    assert statuses == [200] * 10 + [429]


def attempts(client, name: str, number: int, address: str = "203.0.113.7") -> list[int]:
    """Wrong passwords from an address, each from a browser that has never been seen."""
    client = client.application.test_client()
    token = csrf(client.get("/console/sign-in").get_data(as_text=True))
    data = {"csrf_token": token, "username": name, "password": "wrong"}
    return [
        client.post("/console/sign-in", data=data, environ_base={"REMOTE_ADDR": address}).status_code
        for _ in range(number)
    ]


def test_nobody_can_lock_a_name_for_its_owner_and_the_owner_is_told(eva):
    post(eva, "/console/sign-out", "/console/me")
    assert attempts(eva, "eva", 11) == [200] * 10 + [429]
    newcomer = eva.application.test_client()
    assert sign_in(newcomer, "eva").status_code == 302  # another network
    reply = sign_in(eva, "eva")  # the device that signed in before, wherever it is
    assert reply.location == "/console/"
    assert "有 10 次" in newcomer.get("/console/me").get_data(as_text=True)


def test_guesses_that_come_at_once_are_no_more_than_one_after_the_other(eva):
    app, start = eva.application, Barrier(20)

    def guess(_phone: int) -> list[int]:
        start.wait()
        return attempts(app.test_client(), "eva", 1)

    with ThreadPoolExecutor(20) as phones:
        assert Counter(status for (status,) in phones.map(guess, range(20))) == {200: 10, 429: 10}


def test_fewer_than_a_hundred_guesses_a_day_for_a_name_from_however_many_networks(eva):
    statuses = [status for network in range(12) for status in attempts(eva, "eva", 9, f"203.0.113.{network}")]
    assert statuses.count(200) == 60
    post(eva, "/console/sign-out", "/console/me")
    assert sign_in(eva, "eva").status_code == 302


def test_wrong_present_passwords_count_where_a_password_is_changed_and_weak_new_ones_do_not(eva):
    token = csrf(eva.get("/console/password").get_data(as_text=True))
    weak = {"csrf_token": token, "password": PASSWORD, "new_password": "a", "new_password_confirm": "a"}
    assert [eva.post("/console/password", data=weak).status_code for _ in range(12)] == [200] * 12
    wrong = weak | {
        "password": "wrong",
        "new_password": "Another-long-1-word",
        "new_password_confirm": "Another-long-1-word",
    }
    assert [eva.post("/console/password", data=wrong).status_code for _ in range(11)] == [200] * 10 + [429]


def test_signing_out_ends_the_session_on_the_server_and_comes_from_a_page_of_ours(eva):
    copied = eva.get_cookie("session", path="/").value
    assert eva.post("/console/sign-out").status_code == 400
    assert eva.get("/console/me").status_code == 200
    post(eva, "/console/sign-out", "/console/me")
    thief = eva.application.test_client()
    thief.set_cookie("session", copied)
    assert thief.get("/console/me").status_code == 302


def test_a_person_sees_where_the_account_is_signed_in_and_ends_one_of_them(eva):
    phone = eva.application.test_client()
    phone.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (Linux; Android 14) Chrome/126 MicroMessenger/8.0"
    sign_in(phone, "eva")
    page = eva.get("/console/me").get_data(as_text=True)
    assert "微信 · Android" in page
    ends = re.findall(r'action="(/console/me/sessions/\d+/end)"', page)
    assert len(ends) == 1
    other = client_of(eva.application, "auditor")
    assert post(other, ends[0], "/console/me").status_code == 404
    assert phone.get("/console/me").status_code == 200
    post(eva, ends[0], "/console/me")
    assert phone.get("/console/me").status_code == 302
    assert eva.get("/console/me").status_code == 200


def later(client, **stamps):
    with client.session_transaction() as session:
        session.update(stamps)


@pytest.mark.parametrize("stamps", [{"seen": 1}, {"since": 1}])
def test_a_session_ends_after_idling_and_after_its_longest_time(eva, stamps):
    later(eva, **stamps)
    reply = eva.get("/console/me")
    assert (reply.status_code, "/console/sign-in?next=" in reply.location) == (302, True)


def test_an_expired_session_loses_no_form(eva):
    token = csrf(eva.get("/console/me").get_data(as_text=True))
    later(eva, seen=1)
    data = {"csrf_token": token, "full_name": "伊娃", "language": "zh", "old_password": "never-kept"}
    reply = eva.post("/console/me", data=data)
    assert "/console/sign-in?next=/console/kept/" in reply.location
    assert "伊娃".encode() not in db.session.scalar(select(Kept.body))  # sealed
    page = eva.get(reply.location).get_data(as_text=True)
    assert "已保留" in page
    credentials = {"csrf_token": csrf(page), "username": "eva", "password": PASSWORD}
    kept = eva.post(reply.location, data=credentials).location
    page = eva.get(kept).get_data(as_text=True)
    assert "伊娃" in page
    assert "never-kept" not in page
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page))
    assert eva.post("/console/me", data=fields).status_code == 302
    assert db.session.scalar(select(User.full_name).where(User.username == "eva")) == "伊娃"
    assert db.session.scalar(select(Kept)) is None  # sent, so no longer kept


def test_a_kept_form_opens_for_its_owner_alone_and_a_stranger_can_leave_none(eva):
    token = csrf(eva.get("/console/me").get_data(as_text=True))
    later(eva, seen=1)
    kept = eva.post("/console/me", data={"csrf_token": token, "full_name": "伊娃"}).location.split("next=")[1]
    other = enter(eva.application.test_client(), person("administrator", "", "").user)
    assert other.get(kept).status_code == 404
    eva.application.test_client().post("/console/me", data={"full_name": "x"})
    assert len(db.session.scalars(select(Kept)).all()) == 1


def test_a_form_with_a_stale_token_is_shown_again_if_it_comes_from_a_page_of_ours(eva):
    data = {"csrf_token": "stale", "full_name": "伊娃"}
    assert "伊娃" not in eva.post("/console/me", data=data).get_data(as_text=True)
    assert "伊娃" not in eva.post("/console/me", data=data, headers={"Origin": "http://evil"}).get_data(as_text=True)
    reply = eva.post("/console/me", data=data, headers=HOME)
    assert (reply.status_code, "伊娃" in reply.get_data(as_text=True)) == (400, True)


def test_signing_out_elsewhere_keeps_this_session_alone(eva):
    other = eva.application.test_client()
    sign_in(other, "eva")
    post(eva, "/console/me/sessions/end", page="/console/me")
    assert eva.get("/console/me").status_code == 200
    assert other.get("/console/me").status_code == 302


def test_a_session_begins_with_a_new_form_token_and_cannot_be_stretched(sqlite_app):
    client = sqlite_app.test_client()
    one_time = create_account("eva", "evaluator")
    client.get("/console/sign-in")
    with client.session_transaction() as session:
        before = session["csrf_token"]
    sign_in(client, "eva", password=one_time, remember="y")  # a field that no page of ours has
    with client.session_transaction() as session:
        assert session.get("csrf_token") != before
        session.clear()
    assert client.get("/console/password").status_code == 302


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "/\\evil.example/", "javascript:alert(1)"]
)
def test_signing_in_never_leads_to_another_site(sqlite_app, eva, target):
    client = sqlite_app.test_client()
    page = client.get("/console/sign-in").get_data(as_text=True)
    data = {"csrf_token": csrf(page), "username": "eva", "password": PASSWORD, "next": target}
    reply = client.post("/console/sign-in", data=data, query_string={"next": target})
    if reply.status_code == 302:
        assert re.match(r"/[^/\\]", reply.location)


def test_pages_forbid_frames_inline_scripts_and_other_origins_and_cookies_are_closed(eva):
    for path in ("/console/sign-in", "/console/me", "/console/nowhere"):
        headers = eva.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy
        assert "script-src 'self';" in policy
        assert "style-src 'self';" in policy
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["X-Content-Type-Options"] == "nosniff"
    cookie = next(
        c
        for c in sign_in(eva.application.test_client(), "eva").headers.getlist("Set-Cookie")
        if c.startswith("session=")
    )
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
