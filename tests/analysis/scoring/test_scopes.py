"""What counts and what does not: complete where the document says something, in both languages, and outside the digest."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.scoring import load_rulebook
from tools.scopes import page

MUNICIPAL, COUNTY = "jining-2023-municipal", "jining-2023-county"
# rows whose definition or note says more than a formula, counted in the annex by hand
SAID = {
    MUNICIPAL: {1, 2, 3, 6, 7, 8, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 21, 22, 23, 24, 27, 29, 31, 32, 33, 35, 36, 37, 38, 42, 43, 44},
    COUNTY: {1, 2, 3, 5, 7, 8, 9, 10, 12, 13, 15, 16, 17, 20, 23, 26, 28, 29, 30, 31, 35, 36, 37},
}  # fmt: skip
DIGESTS = {  # as before there were scopes beside them: a plan that is locked with one stays valid
    MUNICIPAL: "abb306d7cb0f632d5a552926d673810e87dde5878b6ee912df1389d4dc51d686",
    COUNTY: "28f2b27db8384adc1f4891166620f62799c773f73c034cd979cf57462d1c38b1",
}


@pytest.mark.parametrize("name", SAID)
def test_every_row_on_which_the_document_says_what_counts_says_it_in_both_languages(name):
    book = load_rulebook(name)
    assert {row.number for row in book.indicators if row.scope} == SAID[name]
    assert all(row.scope_in("en") != row.scope_in("zh") for row in book.indicators if row.scope)


@pytest.mark.parametrize("name", DIGESTS)
def test_what_counts_decides_nothing_and_leaves_the_digest(name):
    assert load_rulebook(name).digest == DIGESTS[name]


def test_a_row_of_one_annex_never_has_the_words_of_the_other():
    city, county = load_rulebook(MUNICIPAL), load_rulebook(COUNTY)
    assert "市本级" in city.indicator(3).scope
    assert "县级行政机关" in county.indicator(3).scope
    assert "同步制发" not in county.indicator(3).scope
    assert county.indicator(25).scope == ""  # the city's row has a boundary, the county's has none


def test_the_page_of_what_counts_is_made_from_it():
    assert (Path(__file__).parents[3] / "docs" / "use" / "what-counts.md").read_text(encoding="utf-8") == page()
