"""Accounts and sign-in by Flask-Security: argon2, no registration, nothing sent by mail."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask, redirect, url_for
from flask_babel import Babel
from flask_security import Security, SQLAlchemyUserDatastore, current_user, password_changed

from survey_app.ground import audit
from survey_app.ground.catalogues import compile_catalogues
from survey_app.ground.language import LOCALES, csrf, language, locale, reader
from survey_app.models import Role, User, db
from survey_app.people.elsewhere.sign_in import init_elsewhere
from survey_app.people.limits import limit_sign_in
from survey_app.people.passwords import Passwords
from survey_app.people.second_factor import CodesThatCountOnce, HashedRecoveryCodes, watch_second_factor
from survey_app.people.sessions import COOKIE_DAYS, init_sessions
from wording import follow

TRANSLATIONS = Path(__file__).parents[1] / "console" / "translations"


def init_security(app: Flask) -> None:
    """Sign-in at /console/sign-in, sessions, CSRF and the console's two languages."""
    app.config.update(_settings(app))
    compile_catalogues(TRANSLATIONS)
    Babel(app, locale_selector=locale)
    follow(reader)
    csrf.init_app(app)  # checks are made by the console's blueprint and by Flask-Security's own forms
    app.extensions["minyi_users"] = SQLAlchemyUserDatastore(db, User, Role)  # type: ignore[arg-type]  # see accounts.py
    security = Security(
        app,
        app.extensions["minyi_users"],
        password_util_cls=Passwords,
        totp_cls=CodesThatCountOnce,
        mf_recovery_codes_util_cls=HashedRecoveryCodes,
    )
    security.want_json(lambda _request: False)  # a failure is a page again, which is what is counted
    password_changed.connect(_own_password, app)
    app.view_functions["security.two_factor_rescue"] = lambda: redirect(url_for("security.mf_recovery"))  # no mail
    limit_sign_in(app)
    init_sessions(app, csrf)
    watch_second_factor(app)
    init_elsewhere(app)
    app.context_processor(lambda: {"language": language()})
    app.extensions["minyi_signed_in"] = lambda: current_user.username if current_user.is_authenticated else "-"


def _own_password(app: Flask, user: User, **_details: Any) -> None:
    """A person who has chosen a password is not asked again."""
    user.must_change_password = False
    audit.record("account.own_password", f"account:{user.username}")
    app.extensions["minyi_users"].put(user)  # the library's view commits before it answers


def _settings(app: Flask) -> dict[str, object]:
    return {
        **_second_factor(app),
        "PERMANENT_SESSION_LIFETIME": timedelta(days=COOKIE_DAYS),
        "REMEMBER_COOKIE_DURATION": timedelta(seconds=1),  # nobody is remembered beyond a session
        "BABEL_DEFAULT_LOCALE": LOCALES["zh"],
        "BABEL_TRANSLATION_DIRECTORIES": "console/translations",
        "WTF_CSRF_CHECK_DEFAULT": False,
        "WTF_CSRF_TIME_LIMIT": None,
        "SECURITY_PASSWORD_SALT": app.config["MINYI"].secret("password_salt"),
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_LENGTH_MIN": 10,
        "SECURITY_PASSWORD_CHECK_BREACHED": None,
        "SECURITY_URL_PREFIX": "/console",
        "SECURITY_LOGIN_URL": "/sign-in",
        "SECURITY_LOGOUT_URL": "/sign-out",
        "SECURITY_LOGOUT_METHODS": ["POST"],
        "SECURITY_CHANGE_URL": "/password",
        "SECURITY_CHANGEABLE": True,
        "SECURITY_SEND_PASSWORD_CHANGE_EMAIL": False,
        "SECURITY_SEND_REGISTER_EMAIL": False,
        "SECURITY_USERNAME_ENABLE": True,
        "SECURITY_USERNAME_MIN_LENGTH": 2,
        "SECURITY_USER_IDENTITY_ATTRIBUTES": [
            {"username": {"mapper": lambda name: str(name).strip(), "case_insensitive": True}}
        ],
        "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False},
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_POST_LOGIN_VIEW": "/console/",
        "SECURITY_POST_LOGOUT_VIEW": "/console/",
        "SECURITY_POST_CHANGE_VIEW": "/console/",
        "SECURITY_LOGIN_USER_TEMPLATE": "people/sign_in.html",
        "SECURITY_CHANGE_PASSWORD_TEMPLATE": "people/password.html",
        "SECURITY_REDIRECT_VALIDATE_MODE": ["absolute", "regex"],
        "SECURITY_I18N_DIRNAME": ["builtin", str(TRANSLATIONS)],
        "SECURITY_FRESHNESS": timedelta(minutes=30),  # for what concerns the second factor
        "SECURITY_VERIFY_URL": "/confirm",
        "SECURITY_VERIFY_TEMPLATE": "people/confirm.html",
        "SECURITY_FLASH_MESSAGES": True,
    }


def _second_factor(app: Flask) -> dict[str, object]:
    """Codes of an authenticator app alone; half a minute of a clock's error is forgiven."""
    return {
        "SECURITY_TWO_FACTOR": True,
        "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "SECURITY_TWO_FACTOR_AUTHENTICATOR_VALIDITY": 30,
        "SECURITY_TWO_FACTOR_RESCUE_EMAIL": False,
        "SECURITY_TWO_FACTOR_ALWAYS_VALIDATE": True,
        "SECURITY_TWO_FACTOR_SETUP_URL": "/second-factor",
        "SECURITY_TWO_FACTOR_TOKEN_VALIDATION_URL": "/second-factor/code",
        "SECURITY_TWO_FACTOR_RESCUE_URL": "/second-factor/help",
        "SECURITY_TWO_FACTOR_SELECT_URL": "/second-factor/select",
        "SECURITY_TWO_FACTOR_POST_SETUP_VIEW": "console.own_page",
        "SECURITY_TWO_FACTOR_SETUP_TEMPLATE": "people/second_factor.html",
        "SECURITY_TWO_FACTOR_VERIFY_CODE_TEMPLATE": "people/second_factor_code.html",
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_N": 10,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_URL": "/second-factor/recovery-codes",
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_TEMPLATE": "people/recovery_codes.html",
        "SECURITY_MULTI_FACTOR_RECOVERY_URL": "/second-factor/recover",
        "SECURITY_MULTI_FACTOR_RECOVERY_TEMPLATE": "people/recovery.html",
        "SECURITY_TOTP_SECRETS": dict(enumerate(reversed(app.config["MINYI"].secrets("totp_key")), start=1)),
        "SECURITY_TOTP_ISSUER": "Minyi",
    }
