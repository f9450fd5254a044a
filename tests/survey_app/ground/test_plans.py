"""The plan of a survey, read from its text."""

from survey_app.ground.plans import plan_of
from tests.support.city import answered_city


def test_a_plan_is_read_once_and_anew_as_soon_as_its_text_changes(sqlite_app):
    survey = answered_city()
    first = plan_of(survey)
    assert plan_of(survey) is first
    survey.plan = survey.plan.replace("confidence: 0.95", "confidence: 0.9") + "\n# written anew"
    assert plan_of(survey).digest != first.digest
