"""A ready page with a token put in: what a phone unpacks is the page, whatever the token."""

from __future__ import annotations

import gzip

import pytest

from survey_app.answering.pages.ready_pages import SplicedPage

HEAD, TAIL = "<form>民意" + "a" * 5000, "</form>" + "答案 🫨 " * 900


@pytest.mark.parametrize("token", ["", "x", "WyJhYWEyMjIy.c2ln-" * 9, "令牌"])
@pytest.mark.parametrize(("head", "tail"), [(HEAD, TAIL), (HEAD, ""), ("", TAIL)])
def test_a_page_with_its_token_is_the_same_compressed_and_plain(head, tail, token):
    page = SplicedPage.split(f"{head}@@{tail}", "@@")
    assert gzip.decompress(page.gzipped(token)).decode() == head + token + tail  # which checks length and checksum
    assert page.plain(token).decode() == head + token + tail
