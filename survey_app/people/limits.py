"""Lock-out: a name and an address may fail so often, at the password as at the second factor."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Flask, Response, abort, current_app, request, session
from flask_security import current_user

from survey_app.ground import limits

SECOND_STEPS = ("security.two_factor_token_validation", "security.mf_recovery")


def limit_sign_in(app: Flask) -> None:
    """Lock a name after ten failures, and an address after fifty, for a quarter of an hour.

    Wrong codes count like wrong passwords, under the account they are tried for.
    """
    app.before_request(_forms_alone)
    by_address = (limits.PASSWORDS_OF_ADDRESS, _address)
    _guard(app, "security.login", (limits.PASSWORDS_OF_NAME, _name), by_address)
    _guard(app, "security.verify", (limits.PASSWORDS_OF_NAME, _own_name), by_address)
    for endpoint in SECOND_STEPS:
        _guard(app, endpoint, (limits.CODES_OF_ACCOUNT, _account), (limits.CODES_OF_ADDRESS, _address))


def _guard(app: Flask, endpoint: str, *buckets: tuple[limits.Bucket, Callable[[], str]]) -> None:
    """Let the view of `endpoint` take a form only while every bucket has room; failures fill them."""
    view: Any = app.view_functions[endpoint]

    @wraps(view)
    def guarded(**arguments: Any) -> Response:
        counted = [(bucket, key()) for bucket, key in buckets] if request.method == "POST" else []
        if not all(limits.allowed(*one) for one in counted):
            abort(429)
        response = current_app.make_response(view(**arguments))
        if response.status_code == 200:  # the form again; a success redirects
            for one in counted:
                limits.count(*one)
        return response

    app.view_functions[endpoint] = guarded


def _forms_alone() -> None:
    """The library would take JSON too, where names and failures are not found by what counts them."""
    if request.is_json and request.blueprint == "security":
        abort(415)


def _name() -> str:
    """As the library looks it up: letters written in full width are the same name."""
    sent = request.form.get("username", "").strip()
    util = current_app.extensions["security"].username_util
    return ((util.normalize(sent) if sent else "") or sent).lower()[:80]


def _own_name() -> str:
    return (current_user.username or "").lower() if current_user.is_authenticated else ""


def _account() -> str:
    return str(session.get("tf_user_id") or session.get("_user_id") or "")


def _address() -> str:
    return request.remote_addr or ""
