"""Why a part of an estimate cannot be told, in the reader's language: a run keeps the English of it."""

from __future__ import annotations

from collections.abc import Callable

from wording import Message, language, recognised

SUBJECTS = ("notices", "analysis", "bias")
SEVERAL = "analysis.importance_needs_least_two"  # its one parameter lists services with a reason each


def said(text: str, name: Callable[[str], str] = str) -> str:
    """A stored reason in the reader's language, `name` giving the words for a service's key. What is unknown stays."""
    found = recognised(text, SUBJECTS)
    if isinstance(found, Message) and found.key == SEVERAL:
        return str(Message(SEVERAL, value=_each(str(found.params["value"]), name)))
    return text if language() == "en" else str(found)


def _each(text: str, name: Callable[[str], str]) -> str:
    """'key: reason; key: reason', each with the service's own name."""
    mark, end = (": ", "; ") if language() == "en" else ("：", "；")
    parts = (part.partition(": ") for part in text.split("; "))
    return end.join(f"{name(key)}{mark}{said(why)}" if colon else said(key) for key, colon, why in parts)
