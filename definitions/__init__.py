"""YAML files that people write (questionnaires, rulebooks, plans), checked against frozen dataclasses.

Shared by `questionnaires` and `analysis`, which may not import one another. An error names the file, the
line and the key, says what was expected and shows the nearest valid key.
"""

from definitions.loader import DefinitionError, Located, Problem, digest, load, load_text, with_key

__all__ = ["DefinitionError", "Located", "Problem", "digest", "load", "load_text", "with_key"]
