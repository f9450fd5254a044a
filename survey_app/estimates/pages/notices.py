"""What a reader must know of an estimate, in the page's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from survey_app.estimates.pages.reasons import said
from survey_app.estimates.pages.words import domain_name
from wording import again, language

NAMES_OF_VARIABLES = ("margin", "first", "column", "other")


def notices_in_words(result: Mapping[str, Any]) -> list[str]:
    """A sentence for each notice; of a result that kept none but texts, those texts."""
    if "notices" not in result:
        return [said(text) for text in result.get("warnings") or ()]
    return [notice_in_words(notice) for notice in result["notices"]]


def notice_in_words(notice: Mapping[str, Any]) -> str:
    """One notice as a document has it; its text where a later release made it."""
    params = {
        name: domain_name(str(value)) if name in NAMES_OF_VARIABLES else value
        for name, value in notice["params"].items()
    }
    text = str(again({"key": f"notices.{notice['key']}", "params": params, "text": notice["text"]}))
    return f"{text[:1].upper()}{text[1:]}." if language() == "en" else text
