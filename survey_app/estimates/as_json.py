"""A document of an estimate as a command prints it: keys and figures as stored, its sentences in the reader's language."""

from __future__ import annotations

from typing import Any

from analysis.methods import named
from survey_app.estimates.reasons import said
from wording import language

SENTENCES = (
    "why",
    "reason",
    "method",
    "complaints_method",
    "warnings",
)  # English in documents, found again by its words


def in_language(document: Any) -> Any:
    """The same document; a document itself is never changed, and in English there is nothing to do."""
    return document if language() == "en" else _worded(document, "")


def _worded(part: Any, name: str) -> Any:
    if isinstance(part, dict):
        told = {key: _worded(value, key) for key, value in part.items()}
        return (
            told | {"text": named(part["version"]).sentence(language())}
            if name == "method" and "version" in part
            else told
        )
    if isinstance(part, list):
        return [_worded(each, name) for each in part]
    return said(part) if isinstance(part, str) and name in SENTENCES else part
