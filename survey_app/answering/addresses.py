"""The addresses that codes, posters, cards and tablets carry: written here once, for pages and commands of the console.

The respondents' application answers them; a public address never changes.
"""

from __future__ import annotations

from survey_app.ground.imprint import imprint
from survey_app.ground.settings import Settings, in_force
from wording import Refusal

ANY = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104  # nosec B104  # listening everywhere: here it is opened under this


class NoAddressError(Refusal):
    """What would carry an address is refused: none is set."""


def public_base(demo: bool) -> str:
    """The public address that what is printed and handed out leads to.  Raises NoAddressError."""
    base = shown_base(demo)
    if not base:
        raise NoAddressError("answering.no_public_url")
    return base


def shown_base(demo: bool) -> str:
    """The public address, for what only shows it; empty where none is set.

    A demonstration has the server's own. Nothing a browser sent has part in it: whoever asks could choose the address.
    """
    return imprint().public_url.rstrip("/") or (served_at(in_force()) if demo else "")


def served_at(settings: Settings) -> str:
    """Where this machine itself opens the server."""
    host = ANY.get(settings.host) or (f"[{settings.host}]" if ":" in settings.host else settings.host)
    return f"http://{host}:{settings.port}"


def is_local(base: str) -> bool:
    """Whether only this machine can open `base`."""
    return any(host in base for host in ("127.0.0.1", "localhost", "[::1]"))


def site_url(code: str, base: str) -> str:
    """The address of a site's questionnaire; `base` is the public address."""
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
    return base.rstrip("/") + path
