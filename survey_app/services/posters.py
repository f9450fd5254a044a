"""Posters of a site: one A4 drawing as SVG, and from it PDF and PNG; a ZIP of a whole survey."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from html import escape
from typing import Any

import vl_convert
from qrcode.constants import ERROR_CORRECT_Q
from qrcode.main import QRCode

from survey_app.models import Site, Survey
from survey_app.services.qr import site_url

WIDTH, HEIGHT = 595, 842  # A4 in points
QR_SIDE = 300
FONTS = "'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"


def poster_svg(site: Site, base: str, organiser: str = "") -> str:
    """Title, site, a QR code of 10.6 cm, the address to type, dates and organiser, in Chinese and English."""
    survey, url = site.survey, site_url(site.code, base)
    lines = [
        _text(90, 30, survey.title, weight="bold"),
        _text(124, 16, "扫一扫，说说您对城市的感受，约三分钟"),
        _text(148, 12, "Scan the code and tell us about life in the city: about three minutes"),
        _qr(url, (WIDTH - QR_SIDE) / 2, 180),
        _text(526, 22, site.name, weight="bold"),
        _text(560, 13, "扫不了码，可在浏览器输入 / or type this address"),
        _text(586, 17, url, weight="bold"),
        _text(640, 13, _dates(survey)),
        _text(662, 13, organiser),
        _text(760, 11, "匿名作答，不收集姓名、证件和手机号 · Anonymous: no name, no number is asked"),
    ]
    if survey.demo:
        lines.append(_text(40, 14, "演示数据，请勿张贴 / demonstration, not for posting", colour="#b3261e"))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}" font-family="{FONTS}">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>{"".join(lines)}</svg>'
    )


def poster(site: Site, base: str, ending: str, organiser: str = "") -> bytes:
    """The poster as svg, pdf (text stays text) or png (200 dots an inch). Raises ValueError for another ending."""
    drawing = poster_svg(site, base, organiser)
    if ending == "svg":
        return drawing.encode()
    if ending == "pdf":
        return bytes(vl_convert.svg_to_pdf(drawing))
    if ending == "png":
        return bytes(vl_convert.svg_to_png(drawing, scale=200 / 72))
    raise ValueError(f"no poster as {ending}")


def poster_zip(survey: Survey, base: str, organiser: str = "") -> Iterator[tuple[int, bytes]]:
    """Parts of a ZIP with one PDF per site, each with how many sites are done; memory holds one poster at a time."""
    out = _Stream()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for done, site in enumerate(survey.sites, start=1):
            archive.writestr(f"{site.area.name}-{site.name}-{site.code}.pdf", poster(site, base, "pdf", organiser))
            yield done, out.taken()
    yield len(survey.sites), out.taken()


class _Stream(io.RawIOBase):
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


def _qr(url: str, x: float, y: float) -> str:
    """The code as one path, with its quiet zone inside the side."""
    code = QRCode(error_correction=ERROR_CORRECT_Q, border=4)
    code.add_data(url)
    code.make(fit=True)
    matrix = code.get_matrix()
    unit = QR_SIDE / len(matrix)
    path = "".join(
        f"M{x + column * unit:.3f} {y + row * unit:.3f}h{unit:.3f}v{unit:.3f}h{-unit:.3f}z"
        for row, cells in enumerate(matrix)
        for column, dark in enumerate(cells)
        if dark
    )
    return f'<path d="{path}" fill="#000" shape-rendering="crispEdges"/>'


def _text(y: float, size: float, words: str, weight: str = "normal", colour: str = "#1c2733") -> str:
    """One centred line, made smaller where it would not fit."""
    length = sum(1.0 if ord(letter) > 255 else 0.56 for letter in words) * size
    size = size if length <= WIDTH - 60 else size * (WIDTH - 60) / length
    return (
        f'<text x="{WIDTH / 2}" y="{y}" font-size="{size:.1f}" font-weight="{weight}" fill="{colour}" '
        f'text-anchor="middle">{escape(words)}</text>'
    )


def _dates(survey: Survey) -> str:
    from zoneinfo import ZoneInfo

    zone = ZoneInfo(survey.time_zone)
    ends = [moment.astimezone(zone).strftime("%Y-%m-%d") for moment in (survey.opens_at, survey.closes_at) if moment]
    return f"调查时间 {' 至 '.join(ends)}" if ends else ""
