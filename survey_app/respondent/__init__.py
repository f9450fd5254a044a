"""What a citizen meets: the questionnaire at /s/<site code>, its receipt, and friendly refusals."""

from survey_app.respondent.views import bp

__all__ = ["bp"]
