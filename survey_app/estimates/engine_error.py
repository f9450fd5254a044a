"""What both engines raise; apart, so that nobody loads an engine to catch it."""

from __future__ import annotations

from wording import Refusal


class EngineError(Refusal):
    """The engine asked for is not installed or does not start."""
