"""What a citizen meets: the questionnaire at /s/<site code>, its receipt, and friendly refusals."""

from survey_app.respondent import invited as _invited  # noqa: F401  # their routes join the blueprint
from survey_app.respondent import problems as _problems  # noqa: F401
from survey_app.respondent import tablet as _tablet  # noqa: F401
from survey_app.respondent import views as _views  # noqa: F401
from survey_app.respondent.frame import bp

__all__ = ["bp"]
