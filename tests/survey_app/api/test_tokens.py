"""Keys of the API: told once, kept as a hash, of one role, until their end; made and revoked in the console and by command."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from survey_app.api import tokens
from survey_app.api.tokens import ApiTokenError, make_token
from survey_app.cli import cli
from survey_app.models import ApiToken, AuditEntry, db
from survey_app.models.base import now
from survey_app.people.accounts import AccountError
from tests.support.api import key
from tests.support.application import change
from tests.support.city import draft_city
from tests.support.people import client_of, post
from tests.support.stored import begins_with

pytestmark = begins_with(draft_city)
SURVEYS = "/api/v1/surveys"


def test_a_key_is_made_in_the_console_shown_once_and_kept_as_a_hash(sqlite_app, desk):
    page = post(
        desk,
        "/console/tokens/new",
        label="市数据平台",
        kind="read",
        role="auditor",
        area="",
        department="",
        survey="",
        days="30",
    )
    token = re.search(r'value="(minyi_[\w-]+)"', page.get_data(as_text=True))[1]
    kept = db.session.scalars(select(ApiToken)).one()
    assert token not in (kept.token, kept.label)
    assert len(kept.token) == 64
    assert token not in desk.get("/console/tokens").get_data(as_text=True)
    assert token not in json.dumps([entry.after for entry in db.session.scalars(select(AuditEntry))])
    assert sqlite_app.test_client().get(SURVEYS, headers={"Authorization": f"Bearer {token}"}).status_code == 200
    listed = desk.get("/console/tokens").get_data(as_text=True)
    assert "市数据平台" in listed
    assert db.session.scalars(select(ApiToken)).one().last_used_at is not None


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"label": " "}, "给哪个程序"),
        ({"days": "367"}, "1到366"),
        ({"days": "soon"}, ""),
        ({"role": "department"}, "部门"),
    ],
)
def test_what_is_wrong_with_a_wanted_key_is_said_and_nothing_made(desk, changed, said):
    wanted = {
        "label": "x",
        "kind": "read",
        "role": "auditor",
        "area": "",
        "department": "",
        "survey": "",
        "days": "30",
        **changed,
    }
    page = post(desk, "/console/tokens/new", **wanted)
    assert page.status_code == 422
    assert said in page.get_data(as_text=True)
    assert db.session.scalar(select(ApiToken)) is None


def test_no_key_is_an_administrators_and_two_valid_ones_have_no_name_together(sqlite_app):
    with pytest.raises(ApiTokenError, match="role"):
        make_token("x", "read", "administrator", "", "", 30, "admin")
    make_token("x", "read", "auditor", "", "", 30, "admin")
    with pytest.raises(ApiTokenError, match="'x'"):
        make_token("x", "read", "manager", "", "", 30, "admin")
    with pytest.raises(AccountError):
        make_token("y", "read", "manager", "丙县", "", 30, "admin")


def test_a_key_that_was_revoked_has_ended_or_is_none_opens_nothing(sqlite_app, desk):
    client = sqlite_app.test_client()
    headers = key("auditor")
    assert client.get(SURVEYS, headers=headers).status_code == 200
    number = db.session.scalars(select(ApiToken.id)).one()
    post(desk, f"/console/tokens/{number}/revoke", "/console/tokens", reason="换了平台")
    refused = client.get(SURVEYS, headers=headers)
    assert (refused.status_code, refused.json["code"]) == (401, "token_unknown")
    assert refused.headers["WWW-Authenticate"].startswith("Bearer")
    ended = key("auditor")
    db.session.scalars(select(ApiToken).where(ApiToken.revoked_at.is_(None))).one().ends_at = now() - timedelta(
        seconds=1
    )
    for sent in (ended, {"Authorization": "Bearer minyi_guessed"}, {"Authorization": "Basic eDp4"}, {}):
        assert client.get(SURVEYS, headers=sent).status_code == 401
    actions = [entry.action for entry in db.session.scalars(select(AuditEntry))]
    assert actions.count("token.revoke") == 1


def test_a_sign_in_of_the_console_opens_nothing_of_the_api(sqlite_app):
    assert client_of(sqlite_app, "administrator").get(SURVEYS).status_code == 401


def test_last_use_is_written_once_a_minute(sqlite_app):
    key("auditor")
    token = db.session.scalars(select(ApiToken)).one()
    assert tokens.note_use(token)
    assert not tokens.note_use(token)
    token.last_used_at -= timedelta(minutes=2)
    assert tokens.note_use(token)


def test_calls_and_guesses_are_limited_and_told_when_to_come_again(sqlite_app):
    client, headers, other = sqlite_app.test_client(), key("auditor"), key("auditor")
    change(sqlite_app, rate_api="3 per minute")
    answers = [client.get(SURVEYS, headers=headers) for _ in range(4)]
    assert [one.status_code for one in answers] == [200, 200, 200, 429]
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
    assert answers[-1].content_type == "application/problem+json"
    assert client.get(SURVEYS, headers=other).status_code == 200
    wrong = [client.get(SURVEYS, headers={"Authorization": "Bearer x"}).status_code for _ in range(61)]
    assert wrong[-2:] == [401, 429]


def test_a_key_is_made_listed_and_revoked_by_command(sqlite_app, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", sqlite_app.config["SQLALCHEMY_DATABASE_URI"])
    run = CliRunner().invoke
    made = run(cli, ["token", "make", "platform", "--role", "evaluator", "--area", "甲县"])
    token = made.stdout.strip()
    assert sqlite_app.test_client().get("/api/v1/scorecards", headers={"Authorization": f"Bearer {token}"}).json == {
        "items": [], "next": None,
    }  # fmt: skip
    row = json.loads(run(cli, ["token", "list", "--json"]).stdout)[0]
    assert (row["label"], row["role"], row["area"], row["revoked"]) == ("platform", "evaluator", "甲县", False)
    assert run(cli, ["token", "revoke", str(row["id"]), "--reason", "over"]).exit_code == 0
    assert json.loads(run(cli, ["token", "list", "--json"]).stdout)[0]["revoked"]
    assert run(cli, ["token", "revoke", "99", "--reason", "over"]).exit_code == 2
    assert run(cli, ["token", "make", "x", "--role", "king"]).exit_code == 2
