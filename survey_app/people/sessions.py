"""Sessions: how long they live, and what becomes of a form that meets an ended one."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, after_this_request, current_app, flash, g, request, session, url_for
from flask_babel import gettext as _
from flask_security import current_user, logout_user, user_authenticated
from flask_wtf import CSRFProtect
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response

from survey_app.ground import audit, keeping
from survey_app.ground.settings import in_force
from survey_app.ground.transaction import transaction
from survey_app.models import User
from survey_app.models.base import now
from survey_app.people.accounts import set_uniquifier

COOKIE_DAYS = 7  # the cookie outlives the session in it, so that an ended one is told from none
SECRET_FIELDS = ("password", "csrf_token", "code")
LARGEST_FORM = 256 * 1024  # bytes


def init_sessions(app: Flask, csrf: CSRFProtect) -> None:
    """End a session after MINYI_IDLE_MINUTES without a request and MINYI_SESSION_HOURS after signing in."""
    app.extensions["minyi_csrf"] = csrf
    user_authenticated.connect(_begun, app)
    app.before_request(end_old_session)


def _begun(_app: Flask, user: User, authn_via: Any = (), **_details: Any) -> None:
    """A new sign-in: its hour, a fresh form token, the person's language, a line in the audit trail."""
    session.permanent = True
    session["since"] = session["seen"] = int(time.time())
    session.pop("csrf_token", None)
    if "change" in (authn_via or ()):
        return  # the library signs a person in again who has just changed the password
    user.last_sign_in_at = now()
    audit.record("sign_in", f"account:{user.username}")  # the sign-in's own view commits it before it answers
    if user.language:
        after_this_request(lambda response: _speak(response, user.language))


def end_old_session() -> None:
    """Before a page of the console: sign out whose time is over, and keep the form that was being sent."""
    if not request.path.startswith("/console") or request.endpoint == "console.static":
        return
    if not current_user.is_authenticated:
        return
    now = int(time.time())
    if _in_time(now):
        session["seen"] = now
        return
    kept = _keep_form(current_user)
    logout_user()
    session.clear()
    g.after_sign_in = url_for("console.kept_form", token=kept) if kept else None
    flash(
        _("登录已过期，您填写的内容已保留，登录后可以继续提交") if kept else _("登录已过期，请重新登录"),
        "warning",
    )


def _in_time(now: int) -> bool:
    idle, longest = in_force().idle_minutes * 60, in_force().session_hours * 3600
    return bool(now - session.get("seen", 0) <= idle and now - session.get("since", 0) <= longest)


def _keep_form(user: User) -> str:
    """The token of the kept form; '' where there is none to keep, or it does not come from a page of ours."""
    if request.method != "POST" or not (request.endpoint or "").startswith("console."):
        return ""
    try:
        current_app.extensions["minyi_csrf"].protect()
    except CSRFError:
        return ""
    content = posted_form()
    if len(str(content)) > LARGEST_FORM:
        return ""
    with transaction():  # no page is reached any more that could store it
        return keeping.keep(keeping.FORM, content, user_id=user.id)


def posted_form() -> dict[str, Any]:
    """The form of this request: where it goes, its fields in order without secrets, the names of its files."""
    return {
        "action": request.full_path.rstrip("?"),
        "fields": [
            [name, value]
            for name, value in request.form.items(multi=True)
            if not any(word in name.lower() for word in SECRET_FIELDS)
        ],
        "files": [file.filename for file in request.files.values() if file.filename],
    }


def from_own_page() -> bool:
    """Whether the browser says that the request comes from a page of this site."""
    if request.headers.get("Sec-Fetch-Site"):
        return request.headers["Sec-Fetch-Site"] == "same-origin"
    origin = request.headers.get("Origin")
    return bool(origin) and urlsplit(origin).netloc == request.host


def end_other_sessions(user: User) -> None:
    """Sign `user` out everywhere but here. The caller commits."""
    set_uniquifier(user)
    session["_user_id"] = user.fs_uniquifier
    audit.record("account.end_sessions", f"account:{user.username}")


def _speak(response: Response, language: str) -> Response:
    from survey_app.ground.language import LANGUAGE_COOKIE

    response.set_cookie(LANGUAGE_COOKIE, language, max_age=31536000, samesite="Lax")
    return response
