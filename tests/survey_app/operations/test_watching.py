"""What a watchman sees: counts over all workers, two logs, the request's id; nothing of a person where it does not belong."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
from datetime import UTC, date, datetime, timedelta
from urllib.parse import quote

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import select

from survey_app.ground import journals
from survey_app.ground.journals import Journal
from survey_app.ground.watching import keep_logs
from survey_app.models import Job, Response, ResponseFlag, db
from survey_app.people.accounts import create_account
from survey_app.respondents import respondents_app
from tests.support.application import change
from tests.support.city import FORM, small_city
from tests.support.killing import FORM as SENT
from tests.support.killing import _ask, _free_port, _send, _start, stored_city
from tests.support.people import PASSWORD, sign_in, signed_in, token_of

TOKEN = "a-token-of-more-than-thirty-two-characters"
ADDRESS = "203.0.113.77"


@pytest.fixture
def logged(sqlite_app, tmp_path):
    """Reads the lines of a log, each once."""
    small_city()
    change(sqlite_app, logs=tmp_path / "logs", metrics_token=TOKEN)
    keep_logs(sqlite_app)

    def lines(name: str) -> list[dict[str, object]]:
        path = tmp_path / "logs" / f"{name}-{datetime.now(UTC).date()}.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    return lines


def answer(client, *, again: str = "", **changes: list[str]):
    token = again or token_of(client.get("/s/aaa2222?new=1").get_data(as_text=True))
    client.post(
        "/s/aaa2222", data=FORM | {"token": token} | changes, environ_base={"REMOTE_ADDR": ADDRESS},
    )  # fmt: skip
    return token


def read(text: str) -> dict[tuple[str, ...], float]:
    """(name, label values by name) -> number."""
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def asked(client) -> str:
    return client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).get_data(as_text=True)


def test_answers_are_counted_and_logged_by_what_became_of_them_and_tell_nothing_of_the_person(sqlite_app, logged):
    client = sqlite_app.test_client()
    change(sqlite_app, rate_address="1 per minute")
    token = answer(client)
    answer(client, again=token)
    answer(client)
    change(sqlite_app, rate_address="300 per minute")
    answer(client, age=[""])
    answer(client, again="forged")
    found = read(asked(client))
    outcomes = ("complete", "repeated", "crowded", "refused", "tampered")
    assert {name: found.get(("minyi_answers_total", name, "wave1")) for name in outcomes} == dict.fromkeys(outcomes, 1)
    assert found["minyi_limits_hit_total", "answers of an address"] == 2  # once by an answer that has its receipt
    assert found["minyi_request_seconds_count", "respondent.answer", "3xx"] == 2
    lines = logged("answering")
    assert [line.get("outcome") for line in lines] == list(outcomes)
    assert lines[2]["limits"] == ["answers of an address"]
    told = json.dumps(lines) + asked(client)
    receipt = db.session.scalar(select(Response.receipt))
    for personal in (ADDRESS, "aaa2222", receipt, token, "/s/", "很好", "甲县"):
        assert personal not in told, personal
    assert logged("console") == []


def test_the_console_logs_who_did_what_from_where_and_no_name_that_is_no_account(sqlite_app, logged):
    client = signed_in(sqlite_app.test_client(), create_account("eva", "evaluator"), "eva")
    stranger = sqlite_app.test_client()
    for name in ("eva", "my-password-typed-in-the-wrong-field"):
        sign_in(stranger, name, "wrong")
    assert client.get("/console/accounts", environ_base={"REMOTE_ADDR": ADDRESS}).status_code == 403
    client.get("/S/aaa2222")
    lines = logged("console")
    assert [line["account"] for line in lines if "sign_in account:eva" in line["events"]] == ["eva"]
    wrong = [line["events"] for line in lines if line.get("outcome") == "wrong"]
    assert wrong == [["wrong_password account:eva"], []]
    denied = next(line for line in lines if line["status"] == 403)
    assert (denied["account"], denied["address"], denied["path"]) == ("eva", ADDRESS, "/console/accounts")
    assert denied["events"] == ["denied /console/accounts"]
    told = json.dumps(lines)
    for secret in (PASSWORD, "my-password", "aaa2222"):
        assert secret not in told
    assert all(line["id"] and line["at"] for line in lines)


def test_no_log_holds_the_address_of_a_read_only_link(sqlite_app, logged):
    sqlite_app.test_client().get("/view/a-token-that-opens-a-brief/brief.docx")
    (line,) = logged("console")
    assert line["path"] == "/view/<token>/brief.<any(docx, pdf):ending>"


def test_what_is_so_now_is_read_from_the_database(sqlite_app, logged):
    answer(sqlite_app.test_client())
    found = db.session.scalars(select(Response)).one()
    for kind, lifted in (("trap", None), ("repeat", datetime.now(UTC))):
        db.session.add(ResponseFlag(response_id=found.id, kind=kind, zh="", en="", made_by="batch", lifted_at=lifted))
    late = datetime.now(UTC) - timedelta(minutes=10)
    for state, lease in (("queued", None), ("running", late), ("done", None)):
        db.session.add(Job(kind="estimate", arguments={}, state=state, by="eva", lease_until=lease, created_at=late))
    db.session.commit()
    stated = read(asked(sqlite_app.test_client()))
    assert stated["minyi_flags", "trap", "wave1"] == 1
    assert ("minyi_flags", "repeat", "wave1") not in stated  # lifted
    assert [stated["minyi_jobs", "estimate", state] for state in ("queued", "running", "done")] == [1, 1, 1]
    assert stated["minyi_jobs_lease_run_out",] == 1
    assert 590 < stated["minyi_jobs_oldest_queued_seconds",] < 700
    assert stated["minyi_ready", "database"] == 1


@pytest.mark.parametrize(
    ("proxies", "sent", "taken"),
    [(1, "0123456789abcdef", True), (0, "0123456789abcdef", False), (1, 'x" }\n{', False), (1, "y" * 65, False)],
)
def test_the_id_of_a_request_is_the_proxys_where_one_is_trusted(sqlite_app, logged, proxies, sent, taken):
    change(sqlite_app, trusted_proxies=proxies)
    for address in ("/s/unknown", "/console/nowhere"):
        reply = sqlite_app.test_client().get(address, headers={"X-Request-ID": sent.replace("\n", " ")})
        assert (reply.headers["X-Request-ID"] == sent) is taken
    for name in ("answering", "console"):
        assert [line["id"] == sent for line in logged(name)] == [taken]


def test_a_failure_shows_the_id_under_which_its_log_stands(sqlite_app, logged, monkeypatch, caplog):
    monkeypatch.setattr("survey_app.answering.pages.invited.find_invitation", lambda code: 1 / 0)
    reply = sqlite_app.test_client().get("/i/abc")
    shown = reply.headers["X-Request-ID"]
    assert (reply.status_code, shown in reply.get_data(as_text=True)) == (500, True)
    assert shown in caplog.text
    assert [line["id"] for line in logged("answering")] == [shown]


def test_without_the_token_there_is_no_such_page(sqlite_app, logged):
    for said in ("", "Bearer ", "Bearer wrong", f"Basic {TOKEN}"):
        assert sqlite_app.test_client().get("/metrics", headers={"Authorization": said}).status_code == 404
    change(sqlite_app, metrics_token="")
    for said in ("", "Bearer "):
        assert sqlite_app.test_client().get("/metrics", headers={"Authorization": said}).status_code == 404


def test_a_day_begins_a_file_and_old_days_go_after_half_a_year_and_more(tmp_path, monkeypatch):
    journal, moment = Journal(tmp_path, "console", 200), datetime(2026, 6, 30, 23, 59, tzinfo=UTC)

    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return moment

    monkeypatch.setattr(journals, "datetime", Clock)
    kept = [tmp_path / f"console-{date(2026, 7, 1) - timedelta(days=200)}.jsonl", tmp_path / "console-notes.jsonl"]
    gone, other = (
        tmp_path / f"console-{date(2026, 6, 30) - timedelta(days=200)}.jsonl",
        tmp_path / "answering-2020-01-01.jsonl",
    )
    for path in (*kept, gone, other):
        path.write_text("{}\n")
    journal.write({"n": 1})
    assert gone.exists()
    moment += timedelta(minutes=2)
    journal.write({"n": 2})
    assert [json.loads((tmp_path / f"console-2026-0{day}.jsonl").read_text())["n"] for day in ("6-30", "7-01")] == [
        1,
        2,
    ]
    assert not gone.exists()
    assert all(path.exists() for path in (*kept, other))
    assert (tmp_path / "console-2026-07-01.jsonl").stat().st_mode & 0o077 == 0


def test_a_log_that_cannot_be_written_fails_nobody_and_is_said_once(sqlite_app, logged, tmp_path, caplog):
    (tmp_path / "logs").write_text("a file where the folder should be")
    for _ in range(2):
        assert sqlite_app.test_client().get("/s/unknown").status_code == 404
    assert caplog.text.count("cannot be written") == 1


def test_a_collecting_server_counts_over_its_workers_at_a_port_of_its_own(tmp_path):
    watched, port = _free_port(), _free_port()
    environment = {**os.environ, "MINYI_INSTANCE": str(tmp_path), "MINYI_WORKERS": "2"}
    environment |= {"MINYI_METRICS": f"127.0.0.1:{watched}"}
    environment.pop("DATABASE_URL", None)
    code = stored_city(f"sqlite:///{tmp_path / 'minyi.sqlite3'}")[0]
    server = _start(environment, port)
    try:
        for _ in range(12):
            page = _ask(port, "GET", f"/s/{code}").read().decode()
            assert _send(port, f"/s/{code}", f"{SENT}&token={quote(token_of(page))}")
        totals = {
            read(_ask(watched, "GET", "/metrics").read().decode())["minyi_answers_total", "complete", "wave1"]
            for _ in range(6)
        }
        forged = http.client.HTTPConnection("127.0.0.1", port)
        forged.request("GET", "/metrics", headers={"Host": f"127.0.0.1:{watched}", "X-Forwarded-Port": str(watched)})
        assert forged.getresponse().status == 404
        assert [_ask(watched, "GET", path).status for path in ("/readyz", f"/s/{code}")] == [200, 404]
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(30)
    assert totals == {12}  # whichever worker was asked
    lines = (tmp_path / "logs" / f"answering-{datetime.now(UTC).date()}.jsonl").read_text().splitlines()
    assert [json.loads(line)["outcome"] for line in lines if "outcome" in line] == ["complete"] * 12
    assert not re.search(r"127\.0\.0\.1|" + code, "".join(lines))


def test_limits_of_a_collecting_application_stand_in_its_own_counts(sqlite_app, logged):
    app = respondents_app(dict(sqlite_app.config))
    with app.app_context():
        client = app.test_client()
        for _ in range(61):
            client.get("/i/wrongcode")
        assert read(asked(client))["minyi_limits_hit_total", "wrong invitations"] == 1
