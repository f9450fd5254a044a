"""The reader's language, and the token that every form of the console carries."""

from __future__ import annotations

from flask import request
from flask_wtf import CSRFProtect

LANGUAGE_COOKIE = "minyi_language"


LOCALES = {"zh": "zh_Hans_CN", "en": "en"}


csrf = CSRFProtect()


def language() -> str:
    """zh, unless English was chosen by the switch."""
    chosen = request.args.get("lang") or request.cookies.get(LANGUAGE_COOKIE)
    return "en" if chosen == "en" else "zh"


def locale() -> str:
    return LOCALES[language()]
