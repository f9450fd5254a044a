"""What a citizen meets is an application of its own, in front of the console's."""

from __future__ import annotations

import os
import re
import signal
import socket
import time
from urllib.parse import quote

import pytest
from flask import Flask, request
from sqlalchemy import event
from werkzeug.test import Client

from survey_app.answering import addresses
from survey_app.answering.devices import signed
from survey_app.answering.open_sites import find_site
from survey_app.answering.texts import TEXTS
from survey_app.app import create_app
from survey_app.commands import serve
from survey_app.models import DeviceLink, db
from survey_app.respondents import first_parts, in_front, respondents_app
from survey_app.surveys.life import change_state
from survey_app.tickets.citizen.texts import PROBLEM_TEXTS
from tests.support.application import SETTINGS
from tests.support.city import small_city, tablet
from tests.support.killing import FORM, _ask, _free_port, _send, _start, stored_city

NEVER = (
    "numpy", "scipy", "pandas", "statsmodels", "ibis", "duckdb", "altair", "analysis", "openpyxl", "docx", "typst",
    "flask_security", "flask_login", "flask_wtf", "flask_babel", "passlib", "alembic", "authlib", "joserfc", "requests",
    "survey_app.console", "survey_app.people", "survey_app.pages", "survey_app.jobs", "survey_app.scoring",
)  # fmt: skip
UNFINISHED = b"POST /s/%s HTTP/1.1\r\nHost: minyi.example\r\nContent-Length: 2000\r\n\r\nhome="
OF_CITIZENS = (
    "/s/aaa2222", "/s/unknown", "/i", "/i/unknown", "/t/unknown", "/q", "/q/unknown", "/p", "/p/unknown", "/problems",
    "/erase", "/privacy", "/a/unknown", "/healthz", "/livez", "/readyz", "/metrics",
    "/", "/robots.txt", "/favicon.ico", "/favicon.svg", "/.well-known/security.txt",
    "/results/", "/results/en.html", "/results/unknown/",
)  # fmt: skip


def respondents_of(app: Flask) -> Flask:
    """The application in front, made anew from the settings of `app`."""
    return respondents_app(dict(app.config))


def settings_of(app: Flask) -> dict[str, str]:
    """What another application on the database of `app` is made with."""
    return {**SETTINGS, "SQLALCHEMY_DATABASE_URI": app.config["SQLALCHEMY_DATABASE_URI"]}


@pytest.fixture
def recorded(sqlite_app) -> list[str]:
    """What hooks of the console's application have run for, since the test began."""
    small_city()
    seen: list[str] = []
    sqlite_app.before_request_funcs.setdefault(None, []).insert(0, lambda: seen.append(f"before {request.path}"))
    sqlite_app.after_request(lambda response: seen.append(f"after {request.path}") or response)
    sqlite_app.teardown_request(lambda _error: seen.append(f"teardown {request.path}"))
    opened = sqlite_app.session_interface.open_session
    sqlite_app.session_interface.open_session = lambda app, asked: seen.append("session") or opened(app, asked)
    return seen


def test_the_server_that_only_collects_loads_neither_the_numeric_stack_nor_the_console(tmp_path):
    environment = {**os.environ, "MINYI_INSTANCE": str(tmp_path), "PYTHONPROFILEIMPORTTIME": "1"}
    environment.pop("DATABASE_URL", None)
    code = stored_city(f"sqlite:///{tmp_path / 'minyi.sqlite3'}")[0]
    with (tmp_path / "imports").open("wb") as told:
        port = _free_port()
        server = _start(environment, port, told)
        try:
            page = _ask(port, "GET", f"/s/{code}").read().decode()
            token = re.search(r'name="token" value="([^"]+)"', page)[1]
            assert _send(port, f"/s/{code}", f"{FORM}&token={quote(token)}")
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait(30)
    found = re.findall(r"import time:.*\| +([\w.]+)", (tmp_path / "imports").read_text())
    assert "survey_app.respondents" in found
    assert "survey_app.answering.submission" in found
    assert [name for name in found if any(name == other or name.startswith(f"{other}.") for other in NEVER)] == []


def test_a_hundred_connections_that_never_finish_their_request_keep_nobody_out(tmp_path):
    environment = {**os.environ, "MINYI_INSTANCE": str(tmp_path), "MINYI_WORKERS": "1"}
    environment.pop("DATABASE_URL", None)
    code, port = stored_city(f"sqlite:///{tmp_path / 'minyi.sqlite3'}")[0], _free_port()
    server, slow = _start(environment, port), []
    try:
        for opening in (b"GET /s/" + code.encode() + b" HTTP/1.1\r\nX-Slow: ", UNFINISHED % code.encode()) * 50:
            slow.append(socket.create_connection(("127.0.0.1", port)))
            slow[-1].sendall(opening)
        assert _ask(port, "GET", f"/s/{code}").status == 200
    finally:
        for connection in slow:
            connection.close()
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(60)


@pytest.mark.parametrize(("waited", "leaves", "nobody"), [(0.2, True, True), (0.0, True, False), (0.2, False, False)])
def test_whoever_has_waited_long_and_left_is_not_worked_for(waited, leaves, nobody, monkeypatch):
    """Who sends and closes at once is: the answer is stored."""
    monkeypatch.setattr(serve, "LONG", 0.1)
    with (
        socket.create_server(("127.0.0.1", 0)) as door,
        socket.create_connection(door.getsockname()) as phone,
        door.accept()[0] as taken,
    ):
        phone.sendall(b"POST")
        time.sleep(waited)
        if leaves:
            phone.shutdown(socket.SHUT_WR)
        assert serve.left_long_ago(taken) is nobody


def test_a_server_told_to_stop_finishes_what_it_took_and_shuts_the_door_at_once(tmp_path):
    environment = {**os.environ, "MINYI_INSTANCE": str(tmp_path)}
    environment.pop("DATABASE_URL", None)
    code, port = stored_city(f"sqlite:///{tmp_path / 'minyi.sqlite3'}")[0], _free_port()
    server = _start(environment, port)
    begun = socket.create_connection(("127.0.0.1", port), 30)
    begun.sendall(UNFINISHED % code.encode())
    assert _ask(port, "GET", "/healthz").status == 200  # what came before it has been taken in
    server.send_signal(signal.SIGTERM)
    while True:  # the door is shut while the request waits; a connection taken in meanwhile is answered
        try:
            reply = _ask(port, "GET", "/healthz")
        except ConnectionRefusedError:
            break
        assert reply.status == 200
    assert server.poll() is None
    begun.sendall(b"x" * (2000 - len("home=")))
    assert begun.recv(100).startswith(b"HTTP/1.1 400")  # no token; but an answer
    begun.close()
    assert server.wait(60) == 0


def test_a_citizens_request_runs_no_hook_of_the_console_and_opens_no_session(recorded, sqlite_app):
    client = sqlite_app.test_client()
    for path in OF_CITIZENS:
        reply = client.get(path)
        assert reply.status_code in (200, 303, 403, 404), path
        assert "Cookie" not in reply.headers.get("Vary", ""), path
        assert "Set-Cookie" not in reply.headers, path
        client.post(path, data={"number": "x"})
    assert recorded == []


def test_the_consoles_pages_run_them(recorded, sqlite_app):
    sqlite_app.test_client().get("/console/")
    assert {entry.partition(" ")[0] for entry in recorded} == {"before", "after", "teardown", "session"}


def test_every_address_of_the_respondents_begins_with_a_word_that_the_console_does_not_use(sqlite_app):
    respondents = respondents_of(sqlite_app)
    own = first_parts(respondents)
    assert {"s", "i", "t", "q", "p", "a", "erase", "problems", "healthz"} <= own
    assert not own & first_parts(sqlite_app)
    assert {path.split("/")[1] for path in OF_CITIZENS} == own


def test_a_page_whose_address_begins_with_a_variable_part_stops_the_start(sqlite_app):
    respondents = respondents_of(sqlite_app)
    respondents.get("/<anything>")(lambda anything: anything)
    with pytest.raises(ValueError, match="variable part"):
        in_front(respondents, sqlite_app.wsgi_app)


def test_a_new_page_of_the_respondents_is_reached_without_a_second_list(sqlite_app):
    respondents = respondents_of(sqlite_app)
    respondents.get("/results/<code>")(lambda code: f"results of {code}")
    front = Client(in_front(respondents, sqlite_app.wsgi_app))
    assert front.get("/results/1").text == "results of 1"
    assert front.get("/resultsheet").status_code == 404


def test_a_server_that_only_collects_knows_no_page_of_the_console(sqlite_app):
    client = create_app({**settings_of(sqlite_app), "COLLECT_ONLY": True}).test_client()
    assert client.get("/healthz").text == "ok"
    assert "/console/" not in client.get("/").text
    for path in ("/console/", "/console/sign-in"):
        reply = client.get(path)
        assert reply.status_code == 404
        assert "没有这个页面" in reply.text


def test_both_applications_use_one_pool_of_connections(app):
    taken: list[object] = []
    small_city()
    event.listen(db.engine, "checkout", lambda _connection, _record, proxy: taken.append(proxy))  # the console's
    assert app.test_client().get("/s/aaa2222").status_code == 200
    assert taken


def test_what_the_console_changes_the_respondents_see_at_once(sqlite_app):
    survey, client = small_city(), sqlite_app.test_client()
    assert "<form" in client.get("/s/aaa2222").text
    assert find_site("aaa2222").standing() == "open"
    change_state(survey, "paused", "for a test")
    db.session.commit()
    assert "暂停" in client.get("/s/aaa2222").text


def test_a_failure_in_either_application_is_a_sentence_and_a_number(sqlite_app, monkeypatch, caplog):
    monkeypatch.setattr("survey_app.answering.pages.questionnaire.find_address", lambda _code: 1 / 0)
    monkeypatch.setitem(sqlite_app.view_functions, "security.login", lambda: 1 / 0)
    for path, rule in (("/s/aaa2222", "/s/<code>"), ("/console/sign-in", "/console/sign-in")):
        reply = sqlite_app.test_client().get(path)
        assert reply.status_code == 500
        mark = re.search(r"<p>([0-9a-f]{12})</p>", reply.text)[1]
        assert f"request {mark}: GET {rule} failed" in caplog.text


@pytest.mark.parametrize("collect_only", [False, True])
def test_the_body_limit_and_the_proxies_count_for_both(sqlite_app, collect_only):
    small_city()
    made = create_app({**settings_of(sqlite_app), "COLLECT_ONLY": collect_only, "TRUSTED_PROXIES": "1"})
    client = made.test_client()
    assert client.post("/s/aaa2222", data={"comment": "x" * 270_000}).status_code == 413
    forwarded = {"X-Forwarded-Proto": "https"}
    for path in ("/s//aaa2222", *(() if collect_only else ("/console",))):
        assert client.get(path, headers=forwarded).headers["Location"].startswith("https://localhost/")


@pytest.mark.parametrize(
    ("address", "endpoint"),
    [
        (addresses.site_url("aaa2222", "https://minyi.example/"), "respondent.questionnaire"),
        (addresses.invitation_url("ABCD", "https://minyi.example"), "respondent.invited"),
        (addresses.device_url("signed", "https://minyi.example"), "respondent.tablet"),
        (addresses.problem_url("1", "https://minyi.example"), "respondent.report"),
    ],
)
def test_what_codes_and_cards_carry_is_an_address_of_the_respondents(sqlite_app, address, endpoint):
    base, path = "https://minyi.example", address.removeprefix("https://minyi.example")
    assert address == base + path
    assert respondents_of(sqlite_app).url_map.bind("minyi.example").match(path)[0] == endpoint


@pytest.mark.parametrize("texts", [*TEXTS.values(), *PROBLEM_TEXTS.values()])
def test_no_text_is_named_like_a_method_which_a_template_would_print_instead(texts):
    assert [key for key in texts if hasattr(texts, key)] == []


def test_a_tablets_form_leads_back_to_its_start_in_words(sqlite_app):
    small_city(open_codes_admit=True)
    device = db.session.get(DeviceLink, tablet())
    link = addresses.device_url(signed(device), "").partition("/t/")[2]
    assert "清空并重新开始" in sqlite_app.test_client().get(f"/t/{link}/-").text


def test_a_number_that_no_row_can_have_names_no_page_and_a_refused_method_says_which_are_taken(sqlite_app):
    from tests.support.people import enter, person

    client = enter(sqlite_app.test_client(), person("administrator", "", "").user)
    assert client.get(f"/console/accounts/{2**31}").status_code == 404
    assert client.get(f"/console/accounts/{10**30}").status_code == 404
    refused = client.put("/s/anything")
    assert refused.status_code == 405
    assert {"GET", "POST"} <= set(refused.headers["Allow"].split(", "))


def test_a_character_that_no_database_holds_is_the_senders_error_and_not_ours(app):
    """`app` is on either engine; PostgreSQL refuses the character of code 0."""
    small_city()
    client = app.test_client()
    for answer in (client.get("/s/%00"), client.post("/erase", data={"number": "A\0"})):
        assert answer.status_code in (400, 404)


@pytest.mark.parametrize(
    "address", [*OF_CITIZENS, "/nothing", "/nothing/at/all", "/console/nothing", "/console/login", "/a/", "/s/"]
)
def test_every_answer_has_a_policy_that_lets_no_inline_script_run(sqlite_app, address):
    small_city()
    for method in ("get", "put", "trace"):
        policy = getattr(sqlite_app.test_client(), method)(address).headers["Content-Security-Policy"]
        scripts = next((part for part in policy.split("; ") if part.startswith("script-src ")), "script-src 'none'")
        assert policy.startswith("default-src 'none'")
        framed = (
            ("none", "self") if address.startswith("/t/") else ("none",)
        )  # a tablet's start holds its form in a frame
        assert any(f"frame-ancestors '{who}'" in policy for who in framed)
        assert scripts in ("script-src 'self'", "script-src 'none'")


def test_no_template_has_a_script_or_a_style_within_it_or_an_attribute_that_would_be_one(request):
    inside = re.compile(r"<script(?![^>]*\ssrc=)|<style[\s>]|\son[a-z]+=[\"']|javascript:|\sstyle=", re.IGNORECASE)
    templates = list((request.config.rootpath / "survey_app").rglob("templates/**/*.html"))
    assert len(templates) > 50
    assert [path.name for path in templates if inside.search(path.read_text(encoding="utf-8"))] == []
