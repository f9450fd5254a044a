"""Sessions: how long they live, where they are listed and ended, and what becomes of a form that meets an ended one.

A session is a row on the server (SignIn); the cookie holds its key. Signing out deletes the row, so a copied cookie
opens nothing.
"""

from __future__ import annotations

import secrets
import time
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, after_this_request, current_app, flash, g, request, session, url_for
from flask.sessions import SecureCookieSessionInterface
from flask_babel import gettext as _
from flask_security import current_user, logout_user, user_authenticated
from flask_wtf import CSRFProtect
from flask_wtf.csrf import CSRFError
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import delete, select
from werkzeug.wrappers import Response

from survey_app.ground import audit, keeping
from survey_app.ground.crypto import digest, signing
from survey_app.ground.settings import in_force
from survey_app.ground.transaction import transaction
from survey_app.ground.watching import event
from survey_app.ground.web_frame import secure_cookies
from survey_app.models import SignIn, User, db
from survey_app.models.base import now
from survey_app.people.limits import remember_device

COOKIE_DAYS = 7  # the cookie outlives the session in it, so that an ended one is told from none
PROVIDERS_FACTOR = "provider_factor"  # in the cookie: the provider's token said that there was a second factor
KEY = "sign_in"  # of the session's row, in the cookie
BROWSERS = (
    ("MicroMessenger", "微信"),
    ("Edg/", "Edge"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)
SECRET_FIELDS = ("password", "csrf_token", "code")
LARGEST_FORM = 256 * 1024  # bytes


def init_sessions(app: Flask, csrf: CSRFProtect) -> None:
    """End a session after MINYI_IDLE_MINUTES without a request and MINYI_SESSION_HOURS after signing in."""
    app.extensions["minyi_csrf"] = csrf
    app.session_interface = _Sessions()
    user_authenticated.connect(_begun, app)
    app.before_request(end_old_session)
    app.before_request(_signing_out)


class _Sessions(SecureCookieSessionInterface):
    """Flask's own, whose cookie goes through TLS alone once the request did."""

    def get_cookie_secure(self, app: Flask) -> bool:
        return secure_cookies()

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        made = super().get_signing_serializer(app)
        return signing(made, in_force().cryptography) if made else None


def _begun(_app: Flask, user: User, authn_via: Any = (), **_details: Any) -> None:
    """A new sign-in: its hour, a fresh form token, the person's language, a line in the audit trail."""
    session.permanent = True
    session["since"] = session["seen"] = int(time.time())
    session.pop("csrf_token", None)
    if "change" in (authn_via or ()):
        _end_others(user)
        return  # the library signs a person in again who has just changed the password
    _end_own()
    session.pop(PROVIDERS_FACTOR, None)
    session[KEY] = secrets.token_urlsafe(24)
    db.session.add(SignIn(key=_hashed(session[KEY]), user_id=user.id, device=_named()))
    db.session.execute(delete(SignIn).where(SignIn.user_id == user.id, SignIn.begun_at < _oldest()))
    remember_device(user)
    if user.failed_sign_ins:
        flash(
            _(
                "上次登录以来，有 %(number)s 次用您的账号登录时输错密码。不是您本人？请修改密码",
                number=user.failed_sign_ins,
            ),
            "warning",
        )
        user.failed_sign_ins = 0
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
    moment = int(time.time())
    if _in_time(moment) and _present() is not None:
        session["seen"] = moment
        return
    kept = _keep_form(current_user)
    logout_user()
    session.clear()
    g.after_sign_in = url_for("console.kept_form", token=kept) if kept else None
    flash(_("登录已过期，您填写的内容已保留，登录后可以继续提交") if kept else _("登录已过期，请重新登录"), "warning")


def _in_time(moment: int) -> bool:
    idle, longest = in_force().idle_minutes * 60, in_force().session_hours * 3600
    return bool(moment - session.get("seen", 0) <= idle and moment - session.get("since", 0) <= longest)


def _present() -> SignIn | None:
    """The session of this request, unless it was ended."""
    key = session.get(KEY)
    return db.session.scalar(select(SignIn).where(SignIn.key == _hashed(key))) if key else None


def sessions_of(user: User) -> list[tuple[SignIn, bool]]:
    """The sessions of `user` that still open something, newest first, and whether each is that of this request."""
    query = select(SignIn).where(SignIn.user_id == user.id, SignIn.begun_at >= _oldest())
    here = _present()
    return [(one, one is here) for one in db.session.scalars(query.order_by(SignIn.begun_at.desc()))]


def end_session(user: User, number: int) -> bool:
    """End one session of `user`, and say whether there was one. The caller commits."""
    found = db.session.scalar(select(SignIn).where(SignIn.id == number, SignIn.user_id == user.id))
    if found is None:
        return False
    db.session.delete(found)
    audit.record("account.end_sessions", f"account:{user.username}", after={"sessions": 1})
    return True


def _signing_out() -> None:
    """A sign-out comes from a page of ours, and ends the session on the server."""
    if request.endpoint != "security.logout" or request.method != "POST":
        return
    current_app.extensions["minyi_csrf"].protect()
    if current_user.is_authenticated:
        event(f"sign_out account:{current_user.username}")
    with transaction():
        _end_own()


def _end_own() -> None:
    if KEY in session:
        db.session.execute(delete(SignIn).where(SignIn.key == _hashed(session[KEY])))


def _end_others(user: User) -> None:
    own = _hashed(session.get(KEY, ""))
    db.session.execute(delete(SignIn).where(SignIn.user_id == user.id, SignIn.key != own))


def _oldest() -> datetime:
    return now() - timedelta(hours=in_force().session_hours)


def _hashed(key: str) -> str:
    return digest(key)


def _named() -> str:
    """Browser and system as the request names them; '' where it names neither."""
    said = request.headers.get("User-Agent", "")
    parts = [next((name for mark, name in known if mark in said), "") for known in (BROWSERS, SYSTEMS)]
    return " · ".join(part for part in parts if part)


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


def posted_form() -> dict[str, object]:
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
    _end_others(user)
    current_app.extensions["minyi_users"].set_uniquifier(user)
    session["_user_id"] = user.fs_uniquifier
    audit.record("account.end_sessions", f"account:{user.username}")


def _speak(response: Response, language: str) -> Response:
    from survey_app.ground.language import LANGUAGE_COOKIE

    response.set_cookie(LANGUAGE_COOKIE, language, max_age=31536000, samesite="Lax")
    return response
