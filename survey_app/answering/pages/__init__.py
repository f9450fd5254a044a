"""What a citizen meets: the questionnaire at /s/<site code>, its receipt, and friendly refusals."""

from survey_app.answering.pages import invited as _invited  # noqa: F401  # their routes join the blueprint
from survey_app.answering.pages import privacy as _privacy  # noqa: F401
from survey_app.answering.pages import questionnaire as _views  # noqa: F401
from survey_app.answering.pages import tablet as _tablet  # noqa: F401
from survey_app.answering.pages import tablet_offline as _offline  # noqa: F401
from survey_app.answering.pages.frame import bp

__all__ = ["bp"]
