"""What is asked: the definition format, its logic, and the checking of answers. Knows no web and no database."""

from questionnaires.answers import Checked, check_answers
from questionnaires.definition import Choice, Definition, Question, legal_warnings, load_definition, parse_definition

__all__ = [
    "Checked",
    "Choice",
    "Definition",
    "Question",
    "check_answers",
    "legal_warnings",
    "load_definition",
    "parse_definition",
]
