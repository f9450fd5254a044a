"""The addresses that codes, posters, cards and tablets carry: written here once, for pages and commands of the console.

The respondents' application answers them; a public address never changes.
"""

from __future__ import annotations

from flask import request

from survey_app.ground.settings import in_force

DEFAULT_BASE = "http://127.0.0.1:8000"


def public_base() -> str:
    """The public address the codes lead to."""
    return str(in_force().public_url or request.host_url).rstrip("/")


def site_url(code: str, base: str) -> str:
    """The address of a site's questionnaire; `base` is the configured public address."""
    return _under(base, f"/s/{code}")


def invitation_url(code: str, base: str) -> str:
    """The address of an invited person's questionnaire."""
    return _under(base, f"/i/{code}")


def device_url(link: str, base: str) -> str:
    """Where an interviewer's tablet starts; `link` is signed."""
    return _under(base, f"/t/{link}")


def problem_url(city_code: str, base: str) -> str:
    """The address at which problems of a city are reported."""
    return _under(base, f"/p/{city_code}")


def _under(base: str, path: str) -> str:
    return (base.rstrip("/") or DEFAULT_BASE) + path
