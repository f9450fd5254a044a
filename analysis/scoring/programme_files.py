"""The files of programmes: those of the package, and those that an installation adds. Reads no YAML.

A programme's reference is `id@version`. A rulebook's id means the same rules in every version that has it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from definitions import digest

Files = Mapping[str, str]  # path in the folder -> text
SHIPPED = files("analysis").joinpath("scoring/programmes")
MANIFEST, GOALS, READINGS = "programme.yaml", "goals.yaml", "readings.yaml"
SCOPES, REGISTERS = "scopes.yaml", "registers.yaml"
BOOKS, QUESTIONNAIRE, PLAN = "rulebooks/", "questionnaire.yaml", "plan.yaml"
_VERSION = re.compile(r"^version:\s*(\d+)", re.MULTILINE)
_ID = re.compile(r"^id:\s*[\"']?([\w.-]+)", re.MULTILINE)

ADDED: list[Callable[[], Mapping[str, Files]]] = []  # who keeps more of them hangs a function here; reference -> files


def all_files() -> dict[str, Files]:
    """Reference -> files, the newest version of each programme first."""
    found = dict(_shipped())
    for source in ADDED:
        found = {**source(), **found}
    return dict(sorted(found.items(), key=lambda one: (one[0].partition("@")[0], -int(one[0].partition("@")[2]))))


def files_of(name: str) -> tuple[str, Files] | None:
    """A programme by reference; by id alone, or where that version is not known, the newest. With its reference."""
    known = all_files()
    wanted = name.partition("@")[0]
    found = name if name in known else next((ref for ref in known if ref.partition("@")[0] == wanted), None)
    return (found, known[found]) if found else None


def files_with(rulebook: str) -> Files | None:
    """The files of the newest programme that has this rulebook."""
    path = f"{BOOKS}{rulebook}.yaml"
    return next((held for held in all_files().values() if path in held), None)


def books_in(held: Files) -> list[str]:
    """The ids of its rulebooks."""
    return sorted(path.removeprefix(BOOKS).removesuffix(".yaml") for path in held if path.startswith(BOOKS))


def questionnaire_id(held: Files) -> str:
    """Of the questionnaire that the folder brings; '' where it brings none."""
    found = _ID.search(held.get(QUESTIONNAIRE, ""))
    return found[1] if found else ""


def questionnaire_named(name: str) -> str | None:
    """The text of a questionnaire that a programme brings: by the programme's id or reference, or by its own id."""
    found = files_of(name)
    held = (
        next((one for one in all_files().values() if questionnaire_id(one) == name), {}) if found is None else found[1]
    )
    return held.get(QUESTIONNAIRE)


def digest_of_files(held: Files) -> str:
    """SHA-256 over one line a file, its digest, two spaces and its path, in the order of paths."""
    return digest("".join(f"{digest(held[path])}  {path}\n" for path in sorted(held)))


def is_shipped(ref: str) -> bool:
    return ref in _shipped()


@cache
def _shipped() -> dict[str, Files]:
    found: dict[str, Files] = {}
    for place in SHIPPED.iterdir():
        if place.joinpath(MANIFEST).is_file():
            held = dict(_texts(place))
            version = _VERSION.search(held[MANIFEST])
            found[f"{place.name}@{version[1] if version else 1}"] = held
    return found


def _texts(folder: Traversable, before: str = "") -> Iterator[tuple[str, str]]:
    for item in sorted(folder.iterdir(), key=lambda item: item.name):
        if item.is_dir():
            yield from _texts(item, f"{before}{item.name}/")
        elif item.name.endswith(".yaml"):
            yield before + item.name, item.read_text(encoding="utf-8")
