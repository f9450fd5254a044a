"""The address that codes and posters lead to."""

from __future__ import annotations

from flask import request

from survey_app.ground.settings import in_force


def public_base() -> str:
    """The public address the codes lead to."""
    return str(in_force().public_url or request.host_url).rstrip("/")
