"""The scan of `make lint` finds a secret by its form or by its name, never shows it, and finds none in this repository."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from hashlib import sha256

import pytest

from tools.secrets_scan import ROOT, in_file, in_line, main

MADE = (
    urlsafe_b64encode(sha256(b"a secret of nobody").digest()).decode().rstrip("=")
)  # as random as one, the same each time


@pytest.mark.parametrize(
    "line",
    [
        "-----BEGIN RSA " + "PRIVATE KEY-----" + "MIIEowIBAAKCAQEA7bq3",
        "key = '" + "AKIA" + "IOSFODNN7EXAMPLEQ'",
        "git clone https://" + "ghp_" + "a1B2" * 10 + "@example.org",
        "DATABASE_URL=postgresql://minyi:" + MADE[:12] + "@db/minyi",
        f'SECRET_KEY = "{MADE}"',
        f"metrics_token: '{MADE}'",
        "body: " + "gAAAAA" + "b" * 70,
    ],
)
def test_a_secret_is_found_and_never_shown(line, tmp_path):
    path = tmp_path / "settings.py"
    path.write_text(f"first\n{line}\n", encoding="utf-8")
    found = list(in_file("settings.py", path))
    assert found
    assert found[0].startswith("settings.py:2: ")
    assert MADE[:12] not in found[0]


@pytest.mark.parametrize(
    "line",
    [
        "DATABASE_URL=postgresql://user:password@host/name",
        'SECRET_KEY = "only-for-tests"',
        'token = "test_a_long_name_of_words_and_nothing_else"',
        "sha256:3f5d9c0a4e8b7c6d5e4f3a2b1c0d9e8f7a6b5c4d3e2f1a0b9c8d7e6f5a4b3c2d",
    ],
)
def test_words_and_digests_are_none(line):
    assert list(in_line(line)) == []


@pytest.mark.parametrize("name", ["secret_key", "text_key", "server.pem", "minyi.sqlite3"])
def test_a_file_that_holds_secrets_is_none_of_the_repository(name, tmp_path):
    (tmp_path / name).write_bytes(b"x")
    assert len(list(in_file(name, tmp_path / name))) == 1


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a working copy of git")
def test_this_repository_has_none():
    assert main() == 0
