"""In a real browser: an evaluator finds the package on the estimate's page, says what it is for, and takes the file."""

from __future__ import annotations

import zipfile

import pytest

from tests.support.browser import PHONE, desk, violations
from tests.support.city import scored_city

pytestmark = [pytest.mark.browser, pytest.mark.checks]


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with desk(tmp_path_factory.mktemp("package"), scored_city) as running:
        running.account("anna", "evaluator")
        yield running
        worker = running.app.extensions.get("minyi_worker")
        if worker is not None:
            worker.stop()


@pytest.mark.parametrize(("size", "language"), [(None, "zh"), (PHONE, "en")])
def test_the_package_is_asked_for_and_taken(served, tmp_path, size, language):
    page = served.page("anna", language, size)
    page.goto(f"{served.base}/console/estimates/1")
    page.get_by_role("link", name="导出数据包" if language == "zh" else "Export the package").click()
    assert violations(page) == []
    page.fill("#reason", "省里复核" if language == "zh" else "for the province")
    page.fill("#replicates", "1")
    page.get_by_role("button", name="制作数据包" if language == "zh" else "Make the package").click()
    assert page.locator("#replicates-error").is_visible()
    assert violations(page) == []
    page.fill("#replicates", "0")
    page.get_by_role("button", name="制作数据包" if language == "zh" else "Make the package").click()
    page.wait_for_url("**/package#made")
    assert violations(page) == []
    with page.expect_download() as download:
        page.get_by_role("link", name="run-1.zip").first.click()
    download.value.save_as(tmp_path / "run-1.zip")
    assert "run-1/README.md" in zipfile.ZipFile(tmp_path / "run-1.zip").namelist()
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
