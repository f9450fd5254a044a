"""What a reader must know of an estimate, in the page's language."""

from __future__ import annotations

from collections.abc import Iterable

from analysis.documents.estimate import EstimateDocument
from analysis.documents.rows import DomainRow
from analysis.notices import NoticeDocument
from survey_app.estimates.pages.words import domain_name
from survey_app.estimates.reasons import said
from survey_app.ground.percent import percent
from wording import again, language

VARIABLES = ("margin", "first", "column", "other")  # params that name one


def notices_in_words(result: EstimateDocument | DomainRow) -> list[str]:
    """A sentence for each notice; of a result that kept none but texts, those texts."""
    return worded(result["notices"])


def worded(notices: Iterable[NoticeDocument]) -> list[str]:
    return [_sentence(notice) for notice in notices]


def _sentence(notice: NoticeDocument) -> str:
    """One notice; its text where an earlier release kept nothing else, or a later one made it."""
    if not notice["key"]:
        return said(notice["text"])
    params: dict[str, object] = dict(notice["params"])
    params |= {name: domain_name(str(params[name])) for name in VARIABLES if name in params}
    ends = [name for name in ("lower", "upper") if name in params]
    params |= {name: float(percent(float(str(params[name])), 2).rstrip("%")) / 100 for name in ends}
    if "margins" in params:
        params["margins"] = [domain_name(name) for name in str(params["margins"]).split(", ")]
    kept = {"key": f"notices.{notice['key']}", "params": params, "text": notice["text"]}
    text = str(again(kept))
    return f"{text[:1].upper()}{text[1:]}." if language() == "en" else text
