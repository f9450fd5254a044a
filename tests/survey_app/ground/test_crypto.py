"""One module has all cryptography; what it writes names its algorithm, so that either is read whatever is chosen."""

from __future__ import annotations

import ast
import io

import pytest
from itsdangerous import BadSignature, URLSafeSerializer

from survey_app.ground import crypto
from survey_app.ground.crypto import Box, Gcm, UnsealableError
from survey_app.ground.sealing import seal, unseal, unsealed_within
from survey_app.ground.settings import in_force
from survey_app.ground.signing import signer, timed_signer
from survey_app.models import Response, db
from survey_app.operations.sealed import SealedReader, SealedWriter
from tests.support.application import change
from tests.support.city import FORM, small_city
from tests.test_links import ROOT

CHOICES = ("standard", "sm")


def choose(app, choice: str) -> None:
    """As after a restart with another setting."""
    change(app, cryptography=choice)
    for kept in ("minyi_box", "minyi_signers"):
        app.extensions.pop(kept, None)


def test_no_other_module_imports_what_encrypts_or_signs():
    users = {
        path.name
        for path in (ROOT / "survey_app").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for name in (
            [alias.name for alias in node.names] if isinstance(node, ast.Import)
            else [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        )
        if name.split(".")[0] in ("cryptography", "hmac", "hashlib")
    }  # fmt: skip
    assert users == {"crypto.py", "rollup.py"}  # the latter, below it, tells its triggers by a digest


def test_sm3_and_sm4_are_those_of_the_published_examples():
    """GB/T 32905, annex A, example 1; RFC 8998, appendix A.1 (SM4-GCM)."""
    assert crypto._sm3(b"abc").hexdigest() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    plain = bytes.fromhex("".join(letter * 16 for letter in "ABCDEFEA"))
    sealed = Gcm("SM4-GCM", bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")).encrypt(
        bytes.fromhex("00001234567800000000ABCD"), plain, bytes.fromhex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2")
    )
    assert sealed.hex().upper() == (
        "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735"
        "D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D"
        "83DE3541E4C2B58177E065A9BF7B62EC"
    )


@pytest.mark.parametrize("first", CHOICES)
def test_what_either_has_sealed_and_signed_is_read_whatever_is_chosen_later(sqlite_app, first):
    second = CHOICES[1 - CHOICES.index(first)]
    choose(sqlite_app, first)
    sealed, mark, timed = seal("某人的电话"), signer("x").dumps([1]), timed_signer("x").dumps([2])
    assert sealed.startswith({"standard": "gAAAA", "sm": "sm4."}[first])
    choose(sqlite_app, second)
    assert (unseal(sealed), signer("x").loads(mark), timed_signer("x").loads(timed)) == ("某人的电话", [1], [2])
    assert unsealed_within(sealed, 60) == "某人的电话"
    assert unsealed_within(sealed, -60) is None
    assert seal("x")[:4] != sealed[:4]
    with pytest.raises(BadSignature):
        signer("y").loads(mark)


@pytest.mark.parametrize("choice", CHOICES)
def test_another_key_a_change_and_a_cut_are_refused_and_an_older_key_still_opens(choice):
    sealed = Box(["old"], choice).seal(b"said")
    assert Box(["new", "old"], choice).unseal(sealed) == b"said"
    for wrong in (sealed[:-6], sealed[:20] + b"AAAA" + sealed[24:], b"sm4.", b"sm4.!!", b""):
        with pytest.raises(UnsealableError):
            Box(["old"], choice).unseal(wrong)
    with pytest.raises(UnsealableError):
        Box(["other"], choice).unseal(sealed)


def test_a_backup_names_its_cipher_and_is_read_whatever_is_chosen(sqlite_app):
    files = {}
    for choice, cipher in zip(CHOICES, (b"AES-256-GCM", b"SM4-GCM"), strict=True):
        choose(sqlite_app, choice)
        out = io.BytesIO()
        writer = SealedWriter(out, "a long passphrase")
        writer.write(b"data" * 1000)
        writer.finish()
        files[choice] = out.getvalue()
        assert cipher in files[choice][:200]
    for body in files.values():
        reader = SealedReader(io.BufferedReader(io.BytesIO(body)), "a long passphrase")
        assert reader.read() == b"data" * 1000


def test_a_form_opened_before_the_change_is_taken_after_it_and_a_session_goes_on(sqlite_app):
    small_city()
    phone = sqlite_app.test_client()
    token = phone.get("/s/aaa2222").get_data(as_text=True).split('name="token" value="')[1].split('"')[0]
    choose(sqlite_app, "sm")
    sent = phone.post("/s/aaa2222", data=FORM | {"token": token})
    assert sent.status_code == 303
    assert "回执号" in phone.get(sent.headers["Location"], follow_redirects=True).get_data(as_text=True)
    assert db.session.query(Response).count() == 1
    interface = sqlite_app.session_interface
    old = interface.get_signing_serializer(sqlite_app).dumps({"user": 1})
    choose(sqlite_app, "standard")
    assert interface.get_signing_serializer(sqlite_app).loads(old) == {"user": 1}


def test_what_is_signed_with_keys_derived_once_is_what_the_library_signs_and_reads(sqlite_app):
    plain = URLSafeSerializer(in_force().secrets("secret_key"), salt="minyi form")
    said = ["aaa2222", "0123456789abcdef", "key", 1_700_000_000]
    for _ in range(2):  # the second time by what was kept
        assert signer("minyi form").dumps(said) == plain.dumps(said)
        assert signer("minyi form").loads(plain.dumps(said)) == said
    with pytest.raises(BadSignature):
        signer("minyi trial").loads(plain.dumps(said))
