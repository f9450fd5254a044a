"""Posters: the code on the drawn page is read by a decoder, at print resolution and from a poor photograph."""

from __future__ import annotations

import io
import zipfile

import pytest
import zxingcpp
from flask import current_app
from PIL import Image, ImageFilter

from survey_app.answering.addresses import site_url
from survey_app.fieldwork.posters import poster, poster_svg, poster_zip
from tests.support.application import change
from tests.support.city import small_city

BASE = "https://minyi.example.cn"


@pytest.fixture
def survey(sqlite_app):
    return small_city(title="济宁市2026年市民体验调查")


def read(picture: Image.Image) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(picture)]


def test_every_poster_leads_to_its_own_site(survey):
    for site in survey.sites:
        picture = Image.open(io.BytesIO(poster(site, BASE, "png"))).convert("RGB")
        assert picture.size == pytest.approx((1653, 2339), abs=1)  # A4 at 200 dots an inch
        assert read(picture) == [site_url(site.code, BASE)]


def test_a_blurred_and_turned_photograph_is_still_read(survey):
    picture = Image.open(io.BytesIO(poster(survey.sites[0], BASE, "png"))).convert("RGB")
    photograph = (
        picture.resize((620, 877)).rotate(11, expand=True, fillcolor="#8a8a80").filter(ImageFilter.GaussianBlur(1.2))
    )
    assert read(photograph) == [site_url(survey.sites[0].code, BASE)]


def test_the_poster_names_title_site_and_address_and_escapes_them(survey):
    survey.sites[0].name = "<一号> & 点"
    drawing = poster_svg(survey.sites[0], BASE, "济宁市大数据局")
    for words in (survey.title, "&lt;一号&gt; &amp; 点", site_url(survey.sites[0].code, BASE), "济宁市大数据局"):
        assert words in drawing


def test_the_poster_names_the_contact_where_one_is_set(survey):
    change(current_app, contact="12345")
    assert "咨询 / contact  12345" in poster_svg(survey.sites[0], BASE)
    change(current_app, contact="")
    assert "咨询" not in poster_svg(survey.sites[0], BASE)


def test_a_zip_holds_one_pdf_for_every_site(survey):
    parts = list(poster_zip(survey, BASE))
    archive = zipfile.ZipFile(io.BytesIO(b"".join(part for _, part in parts)))
    assert [done for done, _ in parts] == [1, 2, 3, 3]
    assert archive.testzip() is None
    assert len(archive.namelist()) == len(survey.sites)
    for name in archive.namelist():
        assert archive.read(name).startswith(b"%PDF")
        assert b"MediaBox[0 0 595 842]" in archive.read(name)  # A4
