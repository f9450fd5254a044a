"""QR codes of sites: the address a phone opens, as SVG for print and PNG for documents."""

from __future__ import annotations

import io
from functools import lru_cache

import qrcode
from qrcode.constants import ERROR_CORRECT_M
from qrcode.image.svg import SvgPathImage


@lru_cache(maxsize=2000)
def qr_svg(url: str) -> str:
    """An inline SVG without a fixed size, error correction M, the standard's four-module margin.

    Kept: choosing a code's mask takes milliseconds, and a page to print has one for every site.
    """
    image = _code(url).make_image(image_factory=SvgPathImage)
    return str(image.to_string(encoding="unicode"))


def qr_png(url: str) -> bytes:
    """A PNG with whole pixels per module."""
    code = _code(url)
    code.box_size = 12
    out = io.BytesIO()
    code.make_image().save(out, format="PNG")
    return out.getvalue()


def _code(url: str) -> qrcode.QRCode:
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=4)
    code.add_data(url)
    code.make(fit=True)
    return code
