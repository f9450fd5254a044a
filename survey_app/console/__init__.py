"""What an evaluator or an administrator meets after signing in."""

from survey_app.console.views import bp

__all__ = ["bp"]
