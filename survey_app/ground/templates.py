"""Where templates are found: in the folder `templates` of every subject, named `<subject>/<page>.html`."""

from __future__ import annotations

from pathlib import Path

from jinja2 import BaseLoader, FileSystemLoader

HERE = Path(__file__).parents[1]


def template_loader() -> BaseLoader:
    """A loader over the subjects' folders; a citizen's worker reads nothing of them until a page asks."""
    return FileSystemLoader(
        [str(folder) for folder in sorted(HERE.glob("*/templates")) + sorted(HERE.glob("*/*/templates"))]
    )
