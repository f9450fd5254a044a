"""Secrets: another one stops the start, a new one signs while everything that is out stays valid."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from survey_app.answering import devices, form_token
from survey_app.answering.invitation_codes import code_hash, new_code, read_code
from survey_app.answering.submission import receipt_of
from survey_app.app import create_app
from survey_app.cli import cli
from survey_app.commands.serve import begun_with
from survey_app.ground.sealing import seal, unseal
from survey_app.models import AuditEntry, SecretMark, db
from survey_app.operations import secret_marks
from survey_app.people.second_factor import hashed, hashes
from survey_app.responses.labels import label_of, number_of
from survey_app.tickets.numbers import new_number, number_hash, read_number
from tests.support.city import FORM, small_city

NAMES = secret_marks.NAMES


@pytest.fixture
def installation(tmp_path, monkeypatch, sqlite_app):
    """A database and a folder of secrets, as a server has them; gives a way to start one with other folders too."""
    address = sqlite_app.config["SQLALCHEMY_DATABASE_URI"]

    def server(folder: str = "first"):
        monkeypatch.setenv("MINYI_INSTANCE", str(tmp_path / folder))
        monkeypatch.setenv("DATABASE_URL", address)
        return create_app({"TESTING": True})

    server.folder = tmp_path
    return server


def starts(app) -> None:
    with app.app_context():
        begun_with(app.config["MINYI"])


def test_a_server_whose_secrets_are_not_those_of_the_database_does_not_start(installation):
    starts(installation())
    starts(installation())
    with pytest.raises(secret_marks.OtherSecretsError, match="secret_key"):
        starts(installation("second"))
    said = CliRunner().invoke(cli, ["run"])
    assert said.exit_code == 2
    assert "secret_key is not the one the data in this database was made with" in said.output
    assert not list((installation.folder / "second").glob("*_key")), "what was made in place of a missing one is gone"
    app = installation("second")
    assert app.test_client().get("/readyz").status_code == 503


@pytest.mark.parametrize("name", NAMES)
def test_each_of_the_four_secrets_is_missed_when_it_is_gone_and_never_made_anew(installation, name):
    app = installation()
    starts(app)
    kept = {one: (installation.folder / "first" / one).read_text() for one in NAMES}
    (installation.folder / "first" / name).unlink()
    with pytest.raises(secret_marks.OtherSecretsError, match=name):
        starts(installation())
    assert not (installation.folder / "first" / name).exists()
    (installation.folder / "first" / name).write_text(kept[name])
    starts(installation())


def test_a_cookie_signed_with_an_empty_secret_is_not_ours(installation):
    app = installation()
    with app.test_request_context("/"):
        forged = form_token.URLSafeSerializer("", salt="minyi browser").dumps(["ABCDEFGHJK", 1, "complete", ""])
        with pytest.raises(form_token.TokenError):
            form_token.read_answered(forged)
    (installation.folder / "first" / "secret_key").write_text("")
    with pytest.raises(Exception, match="empty"):
        installation()


def test_after_a_rotation_the_new_secret_signs_and_everything_that_is_out_stays_valid(installation):
    before = installation()
    starts(before)
    with before.app_context():
        survey = small_city()
        token = form_token.issue(survey.sites[0].code, "v")
        code, number = new_code(), new_number("submission")
        kept = {
            "form": token, "resume": form_token.sign_resume("key"), "code": code, "stored": code_hash(code), "number": number,
            "ticket": number_hash(number), "sealed": seal("电话"), "recovery": hashed("abcd"), "label": label_of(7),
            "answered": form_token.sign_answered(form_token.Answered("ABCDEFGHJK", 1)),
            "mark": form_token.Answered("ABCDEFGHJK", 1).mark, "device": devices._serializer().dumps(4),
        }  # fmt: skip
        old = before.config["SECRET_KEY"]
    said = CliRunner().invoke(cli, ["--lang", "zh", "secrets", "rotate"])
    assert said.exit_code == 0, said.output
    assert "已更换：secret_key, totp_key, text_key" in said.output

    after = installation()
    assert after.config["SECRET_KEY"] != old
    starts(after)
    with after.app_context():
        assert form_token.read(kept["form"], "aaa2222").submission_key
        assert form_token.read_resume(kept["resume"]) == "key"
        assert form_token.read_answered(kept["answered"]).mark == kept["mark"]
        assert devices.device_of(kept["device"]) == 4
        assert (read_code(kept["code"]), code_hash(kept["code"])) == (kept["code"], kept["stored"])
        assert (read_number(kept["number"]), number_hash(kept["number"])) == (kept["number"], kept["ticket"])
        assert new_number("submission") == kept["number"]
        assert number_of(kept["label"]) == 7
        assert unseal(kept["sealed"]) == "电话"
        assert kept["recovery"] in hashes("ABCD ")
        signed_now = form_token.issue("aaa2222", "v")
        new = form_token.URLSafeSerializer(after.config["SECRET_KEY"], salt="minyi form")
        assert new.loads(signed_now), "it is the new secret that signs"
        client = after.test_client()
        reply = client.post("/s/aaa2222", data=FORM | {"token": kept["form"]})
        assert reply.status_code == 303, "a form that was open meanwhile is taken"
        assert receipt_of(form_token.read(kept["form"], "aaa2222").submission_key)
        trail = db.session.scalars(select(AuditEntry.action).where(AuditEntry.action == "secret.rotate")).all()
        assert len(trail) == 3


def test_a_server_left_behind_by_a_rotation_is_told_to_take_the_new_file_over(installation):
    app = installation()
    starts(app)
    behind = (installation.folder / "first" / "secret_key").read_text()
    CliRunner().invoke(cli, ["secrets", "rotate", "secret_key"])
    ahead = (installation.folder / "first" / "secret_key").read_text()
    (installation.folder / "first" / "secret_key").write_text(behind)
    with pytest.raises(secret_marks.OtherSecretsError, match="changed elsewhere"):
        starts(installation())
    (installation.folder / "first" / "secret_key").write_text(ahead)
    starts(installation())


def test_a_secret_of_the_environment_is_rotated_there_and_the_salt_of_passwords_nowhere(installation, monkeypatch):
    monkeypatch.setenv("MINYI_TEXT_KEY", "old")
    starts(installation())
    said = CliRunner().invoke(cli, ["--lang", "zh", "secrets", "rotate", "text_key"])
    assert (said.exit_code, "MINYI_TEXT_KEY由环境变量给出" in said.output) == (2, True)
    with installation().app_context():
        sealed = seal("x")
    monkeypatch.setenv("MINYI_TEXT_KEY", "new\nold")
    app = installation()
    starts(app)
    with app.app_context():
        assert unseal(sealed) == "x"
        marks = db.session.scalars(select(SecretMark).where(SecretMark.name == "text_key")).all()
        assert len(marks) == 2
    refused = CliRunner().invoke(cli, ["secrets", "rotate", "password_salt"])
    assert refused.exit_code == 2
