"""Signing out at the provider too, where it names an address for that: OpenID Connect RP-Initiated Logout 1.0.

The session here has ended already, whatever becomes of the one there. The browser is led on by a page of its own: no form may
lead to another server, nor may what a form is answered with.
"""

from __future__ import annotations

from collections.abc import Mapping

from authlib.common.urls import add_params_to_uri
from flask import Flask, Response, g, render_template, request, session
from flask_security import url_for_security

from survey_app.ground.language import language
from survey_app.people.elsewhere.frame import Known, Told

KEPT = "provider_ends"  # in the session: where it is signed out, as whose client, and what the provider is called


def init_sign_out(app: Flask) -> None:
    """Must come before the session is emptied."""
    app.before_request(_remember)
    app.after_request(_lead_on)


def keep(told: Told, known: Known) -> None:
    """What the sign-out needs, so that it waits for nobody."""
    session.pop(KEPT, None)
    if told.ends_at:
        session[KEPT] = {"at": told.ends_at, "client_id": known["client_id"], "name": known["name"]}


def address_after() -> str:
    """What a provider must be told to send people to who have signed out there."""
    return url_for_security("login", _external=True)


def _remember() -> None:
    if request.endpoint == "security.logout" and request.method == "POST":
        g.provider_ends = session.pop(KEPT, None)


def _lead_on(response: Response) -> Response:
    kept: Mapping[str, str] | None = g.get("provider_ends")
    if not kept or response.status_code != 302:
        return response
    asked = {
        "client_id": kept["client_id"],
        "post_logout_redirect_uri": address_after(),
        "ui_locales": "en" if language() == "en" else "zh-CN zh",
    }
    address = add_params_to_uri(kept["at"], list(asked.items()))
    response.set_data(render_template("people/signed_out.html", address=address, name=kept["name"]))
    response.status_code, response.mimetype = 200, "text/html"
    response.headers["Refresh"] = f"0; url={address}"
    del response.headers["Location"]
    return response
