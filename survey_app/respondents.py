"""What a citizen meets, put together: the questionnaire's pages and those of problems. Never the numeric stack."""

from survey_app.answering.pages import bp
from survey_app.tickets.citizen import pages as _problems  # noqa: F401  # its routes join the blueprint

__all__ = ["bp"]
