"""Where templates are found: in the folder `templates` of every subject, named `<subject>/<page>.html`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import BaseLoader, FileSystemLoader

HERE = Path(__file__).parents[1]


def template_loader() -> BaseLoader:
    """A loader over the subjects' folders; a citizen's worker reads nothing of them until a page asks."""
    return FileSystemLoader(_folders())


@cache
def _folders() -> tuple[str, ...]:
    """Looked for once: a process makes three applications, and the tests make thousands."""
    return tuple(map(str, sorted(HERE.glob("*/templates")) + sorted(HERE.glob("*/*/templates"))))
