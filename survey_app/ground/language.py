"""The reader's language, and the token that every form of the console carries."""

from __future__ import annotations

from flask import current_app, has_app_context, has_request_context, request
from flask_wtf import CSRFProtect

from wording import spoken

LANGUAGE_COOKIE = "minyi_language"


LOCALES = {"zh": "zh_Hans_CN", "en": "en"}


csrf = CSRFProtect()


def language() -> str:
    """zh, unless English was chosen by the switch; where no page is read, the language of the process."""
    if not has_request_context():
        return spoken()
    chosen = request.args.get("lang") or request.cookies.get(LANGUAGE_COOKIE)
    return "en" if chosen == "en" else "zh"


def reader() -> str | None:
    """The language in which the console words things at the moment; None outside of it."""
    from flask_babel import get_locale

    inside = has_app_context() and "babel" in current_app.extensions
    return ("en" if str(get_locale()).startswith("en") else "zh") if inside else None


def locale() -> str:
    return LOCALES[language()]
