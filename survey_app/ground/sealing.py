"""Seal a text or a file with the installation's own key, and open it again."""

from __future__ import annotations

from flask import current_app, has_app_context

from survey_app.ground.crypto import Box, UnsealableError
from survey_app.ground.settings import Settings, in_force


def seal(text: str) -> str:
    """`text` encrypted with the installation's key."""
    return seal_bytes(text.encode()).decode()


def unseal(sealed: str) -> str:
    """What `seal` was given."""
    return unseal_bytes(sealed.encode()).decode()


def seal_soon(text: str) -> str:
    """The same for `unsealed_within`."""
    return _box().seal(text.encode(), soon=True).decode()


def unsealed_within(sealed: str, seconds: int) -> str | None:
    """What was sealed at most `seconds` ago; None where it is older or was never sealed here."""
    try:
        return _box().unseal(sealed.encode(), seconds).decode()
    except UnsealableError:
        return None


def seal_bytes(body: bytes) -> bytes:
    """`body` encrypted with the installation's key."""
    return _box().seal(body)


def unseal_bytes(sealed: bytes) -> bytes:
    """What `seal_bytes` was given. Raises UnsealableError."""
    return _box().unseal(sealed)


def _box() -> Box:
    """What opens and closes. Made once for the settings in force: every answer's address is sealed."""
    settings = in_force()
    kept: tuple[Settings, Box] | None = current_app.extensions.get("minyi_box") if has_app_context() else None
    if kept is not None and kept[0] is settings:
        return kept[1]
    made = Box(settings.secrets("text_key"), settings.cryptography)
    if has_app_context():
        current_app.extensions["minyi_box"] = settings, made
    return made
