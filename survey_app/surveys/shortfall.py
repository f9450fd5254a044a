"""Fewer answers than a survey aimed at, once it is closed: told of its run, which is made all the same."""

from __future__ import annotations

from analysis.notices import Notice, NoticeDocument
from survey_app.models import Survey
from survey_app.surveys.life import COLLECTING


def shortfall(survey: Survey, answers: int) -> list[NoticeDocument]:
    """answers: of the sampled sites, whatever is left out of the estimate later."""
    target = sum(site.target or 0 for site in survey.sites if site.probability and site.active)
    if survey.state in COLLECTING or answers >= target:
        return []
    return [Notice("sample_short", {"answers": answers, "target": target}).as_dict()]
