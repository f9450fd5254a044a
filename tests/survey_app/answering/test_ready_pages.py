"""A ready page with its places filled: what a phone unpacks is the page, whatever the site and the token."""

from __future__ import annotations

import gzip

import pytest

from survey_app.answering.pages.ready_pages import Deflated, SplicedPage

HEAD, TAIL = "<form>民意" + "a" * 5000, "</form>" + "答案 🫨 " * 900


@pytest.mark.parametrize("token", ["", "x", "WyJhYWEyMjIy.c2ln-" * 9, "令牌"])
@pytest.mark.parametrize(("head", "tail"), [(HEAD, TAIL), (HEAD, ""), ("", TAIL), ("<p>", "</p>")])
def test_a_page_with_its_token_is_the_same_compressed_and_plain(head, tail, token):
    page = SplicedPage.split(f"{head}@@{tail}", "@@")
    assert gzip.decompress(page.gzipped(token)).decode() == head + token + tail  # which checks length and checksum
    assert page.plain(token).decode() == head + token + tail


@pytest.mark.parametrize("name", ["鼓楼街道", "Lu & Zhou <b>'\"", "站" * 200])
@pytest.mark.parametrize("between", ["·", HEAD])
def test_places_of_a_site_are_filled_as_html(name, between):
    page = SplicedPage.split(f"{HEAD}[name]{between}[code][name]{TAIL}@@", "@@", "[name]", "[code]")
    site = page.filled({"[name]": name, "[code]": "aaa222"})
    shown = (
        name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("'", "&#39;").replace('"', "&#34;")
    )
    assert gzip.decompress(site.gzipped("t")).decode() == f"{HEAD}{shown}{between}aaa222{shown}{TAIL}t"
    assert site.plain("t").decode() == f"{HEAD}{shown}{between}aaa222{shown}{TAIL}t"


def test_sites_share_what_is_compressed():
    page = SplicedPage.split(f"{HEAD}[name]{TAIL}@@", "@@", "[name]")
    one, other = (page.filled({"[name]": name}) for name in ("甲", "乙"))
    shared = [part for part in one.parts if isinstance(part, Deflated)]
    assert len(shared) == 2
    assert all(part is same for part, same in zip(one.parts, other.parts, strict=True) if isinstance(part, Deflated))
