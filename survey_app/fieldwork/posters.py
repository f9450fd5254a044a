"""Posters of a site: one A4 drawing as SVG, and from it PDF and PNG; a ZIP of a whole survey."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import vl_convert

from survey_app.answering.addresses import problem_url, site_url
from survey_app.drawing.marks import INK, WIDTH, line, page, qr_path
from survey_app.drawing.pdf_pages import pages_pdf
from survey_app.ground.clock import survey_time
from survey_app.ground.imprint import imprint
from survey_app.models import Site, Survey

QR_SIDE = 300


def poster_svg(site: Site, base: str, organiser: str = "") -> str:
    """The poster as a drawing."""
    return page(_content(site, base, organiser))


def _content(site: Site, base: str, organiser: str) -> str:
    """Title, site, a QR code of 10.6 cm, the address to type, dates, organiser and contact, in Chinese and English."""
    survey, url = site.survey, site_url(site.public_code, base)
    lines = [
        _text(90, 30, survey.title, weight="bold"),
        _text(124, 16, "扫一扫，说说您对城市的感受，约三分钟"),
        _text(148, 12, "Scan the code and tell us about life in the city: about three minutes"),
        qr_path(url, (WIDTH - QR_SIDE) / 2, 180, QR_SIDE),
        _text(526, 22, site.name, weight="bold"),
        _text(560, 13, "扫不了码，可在浏览器输入 / or type this address"),
        _text(586, 17, url, weight="bold"),
        _text(640, 13, dates(survey)),
        _text(662, 13, organiser),
        *([_text(684, 12, f"咨询 / contact  {contact}")] if (contact := imprint().contact) else []),
        _text(712, 13, f"有问题要反映 / report a problem  {problem_url(survey.city.code, base)}"),
        _text(760, 11, "匿名作答，不收集姓名、证件和手机号 · Anonymous: no name, no number is asked"),
    ]
    if survey.demo:
        lines.append(_text(40, 14, "演示数据，请勿张贴 / demonstration, not for posting", colour="#b3261e"))
    return "".join(lines)


def poster(site: Site, base: str, ending: str, organiser: str = "") -> bytes:
    """The poster as svg, pdf (text stays text) or png (200 dots an inch). Raises ValueError for another ending."""
    if ending == "svg":
        return poster_svg(site, base, organiser).encode()
    if ending == "pdf":
        return pages_pdf([_content(site, base, organiser)])
    if ending == "png":
        return bytes(vl_convert.svg_to_png(poster_svg(site, base, organiser), scale=200 / 72))
    raise ValueError(f"no poster as {ending}")


def poster_zip(survey: Survey, base: str, organiser: str = "") -> Iterator[tuple[int, bytes]]:
    """Parts of a ZIP with one PDF per site, each with how many sites are done; memory holds one poster at a time."""
    out, sites = Stream(), [site for site in survey.sites if site.active]
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for done, site in enumerate(sites, start=1):
            archive.writestr(
                f"{site.area.name}-{site.name}-{site.public_code}.pdf", poster(site, base, "pdf", organiser)
            )
            yield done, out.taken()
    yield len(sites), out.taken()


class Stream(io.RawIOBase):
    """A write-only end of a ZIP: what was written is handed on and forgotten."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        part = bytes(data)
        self.parts.append(part)
        return len(part)

    def taken(self) -> bytes:
        parts, self.parts = self.parts, []
        return b"".join(parts)


def _text(y: float, size: float, words: str, weight: str = "normal", colour: str = INK) -> str:
    """One centred line."""
    return line(WIDTH / 2, y, size, words, WIDTH - 60, weight=weight, colour=colour)


def dates(survey: Survey) -> str:
    """The days of the survey in its own time zone, in words."""
    ends = [survey_time(moment, survey, "%Y-%m-%d") for moment in (survey.opens_at, survey.closes_at) if moment]
    return f"调查时间 {' 至 '.join(ends)}" if ends else ""
