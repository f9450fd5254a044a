"""Seal a text or a file with the installation's own key, and open it again."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Any

from flask import current_app, has_app_context

from survey_app.ground.settings import in_force


def seal(text: str) -> str:
    """`text` encrypted with the installation's key."""
    return seal_bytes(text.encode()).decode()


def unseal(sealed: str) -> str:
    """What `seal` was given."""
    return unseal_bytes(sealed.encode()).decode()


def unsealed_within(sealed: str, seconds: int) -> str | None:
    """What `seal` was given at most `seconds` ago; None where it is older or was never sealed here."""
    from cryptography.fernet import InvalidToken

    try:
        return bytes(_box().decrypt(sealed.encode(), seconds)).decode()
    except InvalidToken:
        return None


def seal_bytes(body: bytes) -> bytes:
    """`body` encrypted with the installation's key."""
    return bytes(_box().encrypt(body))


def unseal_bytes(sealed: bytes) -> bytes:
    """What `seal_bytes` was given."""
    return bytes(_box().decrypt(sealed))


def _box() -> Any:
    """What opens and closes. Made once for the settings in force: every answer's address is sealed."""
    settings = in_force()
    of, made = current_app.extensions.get("minyi_box", (None, None)) if has_app_context() else (None, None)
    if of is not settings:
        from cryptography.fernet import Fernet, MultiFernet  # loaded where a text is sealed, not by every worker

        made = MultiFernet(
            [Fernet(urlsafe_b64encode(sha256(key.encode()).digest())) for key in settings.secrets("text_key")]
        )
        if has_app_context():
            current_app.extensions["minyi_box"] = settings, made
    return made
