"""The book of the method: its examples print what the program gives, every page is in it, and every link leads somewhere."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

from tests.support.r import in_r

ROOT = Path(__file__).parents[1]
METHOD = ROOT / "docs" / "method"
PAGES = sorted(METHOD.glob("*.md"))
EXAMPLES = [page for page in PAGES if ">>> " in page.read_text(encoding="utf-8")]


@pytest.mark.parametrize("page", EXAMPLES, ids=lambda page: page.name)
def test_the_examples_print_what_stands_there(page, monkeypatch):
    monkeypatch.chdir(ROOT)
    text = page.read_text(encoding="utf-8").replace("```", "")
    found = doctest.DocTestParser().get_doctest(text, {}, page.name, str(page), 0)
    told: list[str] = []
    result = doctest.DocTestRunner(verbose=False).run(found, out=told.append)
    assert result.attempted > 10
    assert result.failed == 0, "".join(told)


def test_the_script_for_r_prints_in_r_what_stands_there():
    script = re.search(r"```r\n(.*?)```", (METHOD / "for-r-users.md").read_text(encoding="utf-8"), re.DOTALL)[1]
    printed = in_r(script, ROOT / "tests" / "reference" / "city", "survey", locale="C.UTF-8")
    stated = [line.removeprefix("#> ") for line in script.splitlines() if line.startswith("#> ")]
    assert [line.strip() for line in printed.splitlines() if line.strip()] == stated


def test_every_page_of_the_method_stands_in_the_book():
    book = (METHOD / "README.md").read_text(encoding="utf-8")
    assert [page.name for page in PAGES if page.name != "README.md" and f"({page.name}" not in book] == []


def test_every_method_of_the_book_says_what_it_assumes_and_when_not_to_use_it():
    parts = re.split(r"^## ", (METHOD / "README.md").read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    assert len(parts) >= 12
    for part in parts:
        name = part.splitlines()[0]
        assert "**Assumes**" in part, name
        assert "**Not**" in part, name
        assert ">>> " in part, name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_link_to_a_section_of_the_method_leads_to_it(page):
    for name, section in re.findall(r"\]\(([a-z-]*\.md)#([^)]+)\)", page.read_text(encoding="utf-8")):
        heads = re.findall(r"^#+ (.+)$", (METHOD / name).read_text(encoding="utf-8"), re.MULTILINE)
        slugs = {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}
        assert section in slugs, f"{name}#{section}"
