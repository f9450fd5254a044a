"""The address that codes and posters lead to."""

from __future__ import annotations

from flask import current_app, request


def public_base() -> str:
    """The public address the codes lead to."""
    return str(current_app.config["PUBLIC_URL"] or request.host_url).rstrip("/")
