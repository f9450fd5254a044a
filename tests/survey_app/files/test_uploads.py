"""Only a view that takes files gets a body above the general limit, and only up to its own."""

from __future__ import annotations

import io

import pytest
from flask import Flask, request

from survey_app.ground.uploads import BODY_LIMIT, FORM_ALLOWANCE, takes_files, widen_limit


@pytest.fixture
def client():
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = BODY_LIMIT
    app.before_request(widen_limit)

    def size() -> str:
        return str(len(request.files["file"].read()))

    app.post("/files", endpoint="files")(takes_files(1_000_000)(size))
    app.post("/plain", endpoint="plain")(lambda: size())
    return app.test_client()


@pytest.mark.parametrize(
    ("address", "length", "status"),
    [("/files", 900_000, 200), ("/files", 1_000_000 + FORM_ALLOWANCE, 413), ("/plain", BODY_LIMIT, 413),
     ("/plain", 1000, 200)],
)  # fmt: skip
def test_a_body_is_refused_above_the_limit_of_its_view(client, address, length, status):
    reply = client.post(address, data={"file": (io.BytesIO(b"x" * length), "a.bin")})
    assert reply.status_code == status
