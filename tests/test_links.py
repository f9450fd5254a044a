"""Every link of the documents leads to a file that is there and a heading in it; every file they name is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\(([^)\s]+)\)")
NAMED = re.compile(
    r"`([\w.*-]+\.py|[\w.*-]+/(?:[\w.*-]+/)*(?:[\w.*-]+\.(?:py|yaml|html|css|js|po|typ|toml|md))?)(?::[^`]*)?`"
)
PACKAGES = [ROOT / name for name in ("survey_app", "analysis", "questionnaires", "wording", "tests")]
OUTSIDE = ("http://", "https://", "mailto:")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(document):
    broken = []
    for target in LINK.findall(_outside_code(document)):
        if target.startswith(OUTSIDE):
            continue
        name, _, anchor = target.partition("#")
        there = (document.parent / name).resolve() if name else document
        if not there.exists() or ROOT not in there.parents or (anchor and anchor not in _anchors(there)):
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_and_folder_of_the_tree_that_a_document_names_is_there(document):
    """A name may begin at the tree's root or at any folder of a package."""
    named = NAMED.findall(_outside_code(document))
    assert [name for name in named if not _stands_somewhere(name)] == []


def _stands_somewhere(name: str) -> bool:
    return any(ROOT.glob(name)) or any(any(package.rglob(name)) for package in PACKAGES)


def _anchors(document: Path) -> set[str]:
    """The headings as a repository host makes addresses of them."""
    headings = re.findall(r"^#+ +(.+?) *$", _outside_code(document), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _outside_code(document: Path) -> str:
    return re.sub(r"^```.*?^```", "", document.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
