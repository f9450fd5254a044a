"""What an evaluator or an administrator meets after signing in."""

from survey_app.console import audit as _audit  # noqa: F401  # its routes join the blueprint
from survey_app.console.views import bp

__all__ = ["bp"]
