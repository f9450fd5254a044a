"""The levels responses of a survey can have in its margins, taken from its areas and its questionnaire."""

from __future__ import annotations

from survey_app.answering.definitions import definition_of, units
from survey_app.models import Survey

MARGINS = {  # column -> the names a person may use for it, the first being the one that is shown
    "home_county": ("居住地", "地区", "县区", "residence"),
    "sex": ("性别",),
    "age_band": ("年龄", "年龄段", "age"),
}


def levels_of(survey: Survey, margin: str) -> list[str]:
    """Every level in `margin`: each needs its population. The city's units, or the codes of the question's options."""
    if margin == "home_county":
        return [place.name for place in units(survey.city_id)]
    return [code for code, _ in options_of(survey, margin)]


def options_of(survey: Survey, margin: str) -> list[tuple[str, tuple[str, str]]]:
    """Code and words of the options that lead into the sample."""
    definition = definition_of(survey)
    question = definition.question(definition.columns.get(margin, ""))
    if question is None:
        return []
    return [(choice.code, (choice.text.zh, choice.text.en)) for choice in definition.leading(question)]
