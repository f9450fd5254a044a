"""The two addresses of a sign-in at a provider: where it begins, and where the browser comes back.

What a sign-in is told from others by is kept on the server and used up before the provider is asked: nothing can come back
twice. Nothing of the database is held while a provider is waited for.
"""

from __future__ import annotations

import secrets
from typing import Any

from flask import Flask, abort, current_app, flash, redirect, request, session, url_for
from flask_security import current_user, login_user, url_for_security
from werkzeug.wrappers import Response

from survey_app.ground import keeping, limits
from survey_app.ground.transaction import transaction
from survey_app.models import IdentityProvider, db
from survey_app.people.elsewhere import sign_out
from survey_app.people.elsewhere.frame import ProviderError
from survey_app.people.elsewhere.identities import meet
from survey_app.people.elsewhere.providers import KINDS, known, providers
from survey_app.people.sessions import PROVIDERS_FACTOR
from wording import Message

STATE = "provider_state"  # in the cookie, so that who began a sign-in is who ends it
VIA = "provider"
OF_PASSWORDS = ("security.change_password", "security.verify")


def init_elsewhere(app: Flask) -> None:
    """Sign-in by providers; where none is in use, nothing of it is to be seen."""
    app.add_url_rule("/console/sign-in/at/<int:number>", "sign_in_at", _begin)
    app.add_url_rule("/console/sign-in/back", "sign_in_back", _back)
    app.add_template_global(lambda: providers(active=True), "sign_in_providers")
    app.before_request(_no_password)
    sign_out.init_sign_out(app)


def address_to_come_back_to() -> str:
    """What a provider must be told to send people back to."""
    return url_for("sign_in_back", _external=True)


def _begin(number: int) -> Response:
    if not limits.count(limits.PROVIDER_BEGUN, request.remote_addr or ""):
        abort(429)
    provider = db.session.get(IdentityProvider, number)
    if provider is None or not provider.active:
        abort(404)
    kind, told, state = provider.kind, known(provider), secrets.token_urlsafe(32)
    db.session.rollback()
    try:
        begun = KINDS[kind].begin(told, address_to_come_back_to(), state)
    except ProviderError as refusal:
        return _refused(refusal)
    with transaction():
        keeping.keep(keeping.SIGN_IN, {**begun.kept, "provider": number, "next": _next()}, key=state)
    session[STATE] = state
    return redirect(begun.address)


def _back() -> Response:
    with limits.Room((limits.PROVIDER_OF_ADDRESS, request.remote_addr or "")) as room:
        if not room.there:
            abort(429)
        try:
            return _signed_in(request.args.to_dict())
        except ProviderError as refusal:
            room.keep()
            return _refused(refusal)


def _signed_in(came: dict[str, str]) -> Response:
    state = came.get("state", "")
    if not state or session.pop(STATE, "") != state:
        raise ProviderError("people.provider_used")
    with transaction():
        kept = keeping.take(keeping.SIGN_IN, state)
    provider = db.session.get(IdentityProvider, kept["provider"]) if kept else None
    if provider is None or not provider.active:
        raise ProviderError("people.provider_used")
    kind, known_of_it = provider.kind, known(provider)
    db.session.rollback()
    told = KINDS[kind].finish(known_of_it, address_to_come_back_to(), came, kept)
    with transaction():
        met = meet(db.session.get_one(IdentityProvider, kept["provider"]), told)
    if met.user is None:
        assert met.said is not None
        return _refused(met.said)
    sign_out.keep(told, known_of_it)
    with transaction():
        if not told.second_factor:
            plugins: Any = current_app.extensions["security"].two_factor_plugins
            step: Response | None = plugins.tf_enter(met.user, False, VIA, next_loc=kept["next"])
            if step is not None:
                return step
        login_user(met.user, remember=False, authn_via=[VIA])  # type: ignore[arg-type]  # as in accounts.py
        if told.second_factor:
            session[PROVIDERS_FACTOR] = True
    return redirect(kept["next"] or url_for("console.home"))


def _refused(said: ProviderError | Message) -> Response:
    flash(str(said), "error")
    return redirect(url_for_security("login"))


def _next() -> str:
    """The page of the console that was asked for, if it is one."""
    wanted = request.args.get("next", "")
    return wanted if wanted.startswith("/console/") and "\\" not in wanted else ""


def _no_password() -> Response | None:
    """An account that only a provider signs in has no password to confirm or to change."""
    if request.endpoint not in OF_PASSWORDS or not current_user.is_authenticated or current_user.password:
        return None
    flash(str(Message("people.provider_no_password")), "warning")
    return redirect(url_for("console.own_page"))
