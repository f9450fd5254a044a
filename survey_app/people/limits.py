"""Guessing is slowed down, at the password as at the second factor, and nobody can lock a name for its owner.

What is counted is a wrong password or code. A browser that has signed in under a name keeps a signed cookie and is
counted for itself; the owner is told at the next sign-in how often somebody tried.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Flask, Response, abort, after_this_request, current_app, request, session
from flask_security import current_user, verify_password
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import update

from survey_app.ground import limits
from survey_app.ground.signing import signer
from survey_app.ground.transaction import transaction
from survey_app.ground.watching import came_to, event
from survey_app.ground.web_frame import secure_cookies
from survey_app.models import User, db

SECOND_STEPS = ("security.two_factor_token_validation", "security.mf_recovery")
DEVICE, DEVICE_SECONDS = "minyi_device", 180 * 24 * 3600
NAMES = 5  # of one device, the newest
Buckets = list[tuple[limits.Bucket, str]]


def limit_sign_in(app: Flask) -> None:
    """Guard the pages that take a password or a code."""
    app.before_request(_forms_alone)
    _guard(app, "security.login", _sign_in, _form_again, _tell_the_owner)
    for endpoint in ("security.verify", "security.change_password"):
        _guard(app, endpoint, _session, _wrong_password)
    for endpoint in SECOND_STEPS:
        _guard(app, endpoint, _second_step, _form_again)


def remember_device(user: User) -> None:
    """This browser has signed in as `user`: what others try does not keep it out from now on."""
    device, names = _device()
    names = [user.username or "", *(name for name in names if name != user.username)][:NAMES]

    @after_this_request
    def keep(response: Response) -> Response:
        value = str(_signer().dumps([device, names]))
        response.set_cookie(
            DEVICE, value, DEVICE_SECONDS, path="/console", httponly=True, secure=secure_cookies(), samesite="Lax"
        )
        return response


def _guard(
    app: Flask, endpoint: str, buckets: Callable[[], Buckets], failed: Callable[[Response], bool],
    then: Callable[[], None] = lambda: None,
) -> None:  # fmt: skip
    """Let the view of `endpoint` take a form only while every bucket has room; failures fill them."""
    view: Any = app.view_functions[endpoint]

    @wraps(view)
    def guarded(**arguments: Any) -> Response:
        if request.method != "POST":
            return current_app.make_response(view(**arguments))
        with limits.Room(*buckets()) as room:
            if not room.there:
                abort(429)
            response = current_app.make_response(view(**arguments))
            if failed(response):
                room.keep()
                came_to("wrong")
                then()
        return response

    app.view_functions[endpoint] = guarded


def _forms_alone() -> None:
    """The library would take JSON too, where names and failures are not found by what counts them."""
    if request.is_json and request.blueprint == "security":
        abort(415)


def _form_again(response: Response) -> bool:
    """The form is shown again where something was wrong; a success leads on."""
    return response.status_code == 200


def _wrong_password(response: Response) -> bool:
    """Whether the present password was wrong, whatever else the form lacked; a change that was made has another since."""
    return _form_again(response) and not verify_password(request.form.get("password", "")[:200], current_user.password)


def _tell_the_owner() -> None:
    with transaction():
        found = db.session.execute(
            update(User).where(User.username == _name()).values(failed_sign_ins=User.failed_sign_ins + 1)
        )
    if found.rowcount:  # type: ignore[attr-defined]  # of an UPDATE
        event(f"wrong_password account:{_name()}")  # no other name: some type their password there


def _sign_in() -> Buckets:
    name, address = _name(), request.remote_addr or ""
    device, names = _device()
    if name and name in (known.lower() for known in names):
        return [(limits.PASSWORDS_OF_DEVICE, f"{name} {device}")]
    return [
        (limits.PASSWORDS_OF_NAME_HERE, f"{name} {limits.network(address)}"),
        (limits.PASSWORDS_OF_NAME, name),
        (limits.PASSWORDS_OF_ADDRESS, address),
    ]


def _session() -> Buckets:
    return [(limits.PASSWORDS_OF_SESSION, str(session.get("_user_id", "")))]


def _second_step() -> Buckets:
    account = str(session.get("tf_user_id") or session.get("_user_id") or "")
    return [(limits.CODES_OF_ACCOUNT, account), (limits.CODES_OF_ADDRESS, request.remote_addr or "")]


def _name() -> str:
    """As the library looks it up: letters written in full width are the same name."""
    sent = request.form.get("username", "").strip()
    util = current_app.extensions["security"].username_util
    return ((util.normalize(sent) if sent else "") or sent).lower()[:80]


def _device() -> tuple[str, list[str]]:
    """The number of this browser and the names that have signed in on it; a new number where it has none."""
    try:
        device, names = _signer().loads(request.cookies[DEVICE])
    except (KeyError, BadSignature, ValueError, TypeError):
        return secrets.token_hex(8), []
    return str(device), [str(name) for name in names]


def _signer() -> URLSafeSerializer:
    return signer("minyi known device")
