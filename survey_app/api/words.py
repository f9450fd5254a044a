"""Words of the description: Chinese in the code, put into the reader's language when the document is made."""

from __future__ import annotations


def marked(words: str) -> str:
    """The words themselves; the extraction of interface texts finds them by this."""
    return words
