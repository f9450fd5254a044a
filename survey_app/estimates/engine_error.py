"""What both engines raise; apart, so that nobody loads an engine to catch it."""

from __future__ import annotations


class EngineError(RuntimeError):
    """The engine asked for is not installed or does not start."""
