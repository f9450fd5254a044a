"""What identifies a person never reaches the database in the clear, and a response can be forgotten."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML
from sqlalchemy import func, select

from survey_app.answering import personal_numbers
from survey_app.answering.erasure import NoSuchReceiptError, erase
from survey_app.answering.masking import SEALED, mask
from survey_app.answering.open_sites import open_site
from survey_app.answering.submission import submit
from survey_app.answering.unsealing import NothingSealedError, originals
from survey_app.estimates.runs import verify_run
from survey_app.ground.sealing import unseal
from survey_app.models import AuditEntry, EstimateRun, Response, Site, db
from tests.support.application import change
from tests.support.city import FORM, small_city
from tests.support.runs import run_estimate

TABLE = YAML(typ="base").load(Path(__file__).with_name("masking.yaml"))
LINES = [*TABLE["masked"].items(), *((line, line) for line in TABLE["left"])]


@pytest.mark.parametrize(("written", "shown"), LINES, ids=[written for written, _ in LINES])
def test_only_what_identifies_a_person_is_masked(written, shown):
    assert mask(written) == shown
    assert mask(shown) == shown
    assert mask(f"{written}。谢谢\n") == f"{shown}。谢谢\n"


SHORT = st.lists(st.sampled_from([*"13a@.-座电话一二〇①１ ，。灯", "QQ", "微信", "护照E"]), max_size=12).map("".join)


@given(SHORT)
def test_a_text_too_short_to_name_anybody_is_not_searched_and_would_not_be_masked(written):
    quickly = mask(written)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(personal_numbers, "_FEWEST", 0)
        assert mask(written) == quickly


def test_the_table_is_long_and_goes_both_ways():
    assert len(LINES) >= 120
    assert min(len(TABLE["masked"]), len(TABLE["left"])) >= 60


@given(st.text(alphabet="0123456789 -.()/,、x+@年元号微信电话编是a零一\n", max_size=60))
def test_what_is_masked_once_is_not_masked_again_and_text_without_a_number_stays(text):
    assert mask(mask(text)) == mask(text)
    words = "".join(c for c in text if c not in "0123456789零一@a信")
    assert mask(words) == words


def answer(text: str, key: str) -> Response:
    site = db.session.scalars(select(Site).where(Site.code == "aaa2222")).one()
    receipt = submit(open_site(site), {**FORM, "comment": [text]}, key, "zh", datetime.now(UTC))
    db.session.commit()
    return db.session.scalars(select(Response).where(Response.receipt == receipt.number)).one()


def test_by_default_the_original_is_not_kept(app):
    small_city()
    stored = answer("打13812345678", "k1")
    assert stored.answers["comment"] == "打〔电话〕"
    assert "13812345678" not in str(stored.answers)


def test_where_asked_the_original_is_kept_sealed(sqlite_app, monkeypatch):
    small_city()
    change(sqlite_app, keep_text="encrypted", text_key="only-for-tests")
    stored = answer("打13812345678", "k1")
    assert "13812345678" not in str(stored.answers)
    assert unseal(stored.answers[SEALED]["comment"]) == "打13812345678"
    assert SEALED not in answer("没有号码", "k2").answers


def test_an_erased_response_is_gone_and_a_finished_run_stays(app):
    survey = small_city()
    rows = [answer(f"第{number}", f"key{number}") for number in range(6)]
    run_estimate(survey)
    receipt = rows[0].receipt
    assert erase(f" {receipt.lower()} ", "asked by telephone") == "wave1"
    assert db.session.scalar(select(func.count(Response.id))) == 5
    checked = verify_run(db.session.scalars(select(EstimateRun)).one())
    assert (checked["same"], checked["responses_then"], checked["responses_now"]) == (True, 6, 5)
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.number.desc())).first()
    assert (entry.action, entry.reason) == ("response.erase", "asked by telephone")
    assert receipt not in str(entry.before) + str(entry.after) + entry.subject
    with pytest.raises(NoSuchReceiptError):
        erase(receipt, "again")


def test_the_command_says_what_is_missing(tmp_path, monkeypatch):
    from survey_app.cli import cli

    monkeypatch.setenv("MINYI_INSTANCE", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert CliRunner().invoke(cli, ["db", "upgrade"]).exit_code == 0
    reply = CliRunner().invoke(cli, ["erase", "NOSUCH2345", "--reason", "x"])
    assert reply.exit_code == 2
    assert "NOSUCH2345" in reply.output
    assert CliRunner().invoke(cli, ["erase", "NOSUCH2345"]).exit_code == 2


def test_an_original_is_read_by_command_with_a_reason_that_stays_and_without_its_words_in_the_trail(
    sqlite_app, monkeypatch
):
    small_city()
    change(sqlite_app, keep_text="encrypted", text_key="only-for-tests")
    stored, plain = answer("打13812345678", "k1"), answer("公园很好", "k2")
    assert originals(stored.receipt.lower(), "法院调取") == {"comment": "打13812345678"}
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.number.desc())).first()
    assert (entry.action, entry.subject, entry.reason) == ("response.unseal", f"response:{stored.id}", "法院调取")
    assert "13812345678" not in str(entry.after)
    with pytest.raises(NothingSealedError, match="Nothing is sealed"):
        originals(plain.receipt, "法院调取")
    change(sqlite_app, text_key="another")
    with pytest.raises(NothingSealedError, match="another key"):
        originals(stored.receipt, "法院调取")
