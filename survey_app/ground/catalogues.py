"""The console's English, compiled from messages.po: by the build hook into a wheel, else when the console starts.

Loaded by path from hatch_build.py too, where nothing but Babel is installed: imports nothing of ours.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


class CatalogueError(RuntimeError):
    """A catalogue is missing or old and cannot be written; says what to do."""


def compile_catalogues(folder: Path) -> list[Path]:
    """The compiled catalogues under `folder`, each made anew where its source has changed. Raises CatalogueError.

    A compiled file carries its source's time of change to the last digit, so that an older source unpacked over a
    newer one is seen as well. A wheel holds no sources: there the compiled files are all there is.
    """
    for source in folder.glob("*/LC_MESSAGES/*.po"):
        compiled, changed = source.with_suffix(".mo"), source.stat().st_mtime_ns
        if not compiled.exists() or compiled.stat().st_mtime_ns != changed:
            _compile(source, compiled, changed)
    made = sorted(folder.glob("*/LC_MESSAGES/*.mo"))
    if not made:
        raise CatalogueError(f"{folder} holds no translations: this installation is not whole. Install Minyi again.")
    return made


def _compile(source: Path, compiled: Path, changed: int) -> None:
    """Written beside and then renamed: several workers may start at once."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with source.open("rb") as file:
        catalogue = read_po(file, locale=source.parents[1].name, abort_invalid=True)
    try:
        with tempfile.NamedTemporaryFile(dir=source.parent, delete=False) as made:
            write_mo(made, catalogue)
        os.chmod(made.name, 0o644)
        os.utime(made.name, ns=(changed, changed))
        os.replace(made.name, compiled)
    except OSError as error:
        raise CatalogueError(
            f"{compiled} is missing or older than its source and cannot be written ({error.strerror}). "
            "Run `make install` as the owner of these files, then start again."
        ) from error
