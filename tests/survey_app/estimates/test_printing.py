"""An estimate printed from the browser: what one reads on its page, on few sheets."""

from __future__ import annotations

import pytest

from tests.support.browser import desk
from tests.support.demonstration import demonstration_city
from tests.support.office import pages_of_pdf

pytestmark = pytest.mark.browser


def test_an_estimate_prints_every_part_on_seven_sheets_also_what_was_folded_up(tmp_path):
    with desk(tmp_path, demonstration_city) as served:
        served.account("anna", "evaluator")
        page = served.page("anna")
        page.goto(f"{served.base}/console/estimates/1")
        titles = page.locator("section.part:not(.no-print) h2").all_inner_texts()
        page.locator("#groups summary").first.click()  # folded up by the reader
        sheets = pages_of_pdf(page.pdf(format="A4", prefer_css_page_size=True))
        page.context.close()
    assert len(titles) >= 12
    assert len(sheets) <= 7
    printed = "".join("".join(sheets).split())
    assert [title for title in titles if "".join(title.split()) not in printed] == []
    assert "16-29" in printed, "a group's row"
    assert "图中的数值" not in printed, "the figures behind a drawing stay folded up"
