"""What is asked: the definition format, its logic, and the checking of answers. Knows no web and no database."""

from questionnaires.answers import Checked, check_answers
from questionnaires.definition import Choice, Definition, Question
from questionnaires.loading import kept_definition, load_definition, parse_definition
from questionnaires.missing import MISSING_KINDS, MissingKind, missing_kind
from questionnaires.order import arranged, order_of, places, with_sections_arranged

__all__ = [
    "MISSING_KINDS",
    "Checked",
    "Choice",
    "Definition",
    "MissingKind",
    "Question",
    "arranged",
    "check_answers",
    "kept_definition",
    "load_definition",
    "missing_kind",
    "order_of",
    "parse_definition",
    "places",
    "with_sections_arranged",
]
