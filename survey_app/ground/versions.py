"""Which code made a frozen result."""

from functools import cache
from importlib.metadata import version


@cache
def code_version() -> str:
    """The installed release, stored with every run."""
    return f"minyi {version('minyi')}"
