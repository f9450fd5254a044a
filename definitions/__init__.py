"""YAML files that people write (questionnaires, rulebooks, plans), checked against frozen dataclasses.

Shared by `questionnaires` and `analysis`, which may not import one another. An error names the file, the
line and the key, says what was expected and shows the nearest valid key.
"""

from definitions.bounded import composed, round_trip
from definitions.loader import Located, digest, load, load_text, problem_at, with_key
from definitions.problems import DefinitionError, KeyPath, Problem
from definitions.rewriting import rewritten, same

__all__ = [
    "DefinitionError", "KeyPath", "Located", "Problem", "composed", "digest", "load", "load_text", "problem_at", "rewritten",
    "round_trip", "same", "with_key",
]  # fmt: skip
