"""The few marks that printed matter is made of: lines of text, boxes and QR codes, as SVG on A4 pages."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from qrcode.constants import ERROR_CORRECT_Q
from qrcode.main import QRCode

WIDTH, HEIGHT = 595, 842  # A4 in points
FONTS = "'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"
INK = "#1c2733"


def page(content: str, height: float = HEIGHT) -> str:
    """A white page with `content`."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
        f'viewBox="0 0 {WIDTH} {height}" font-family="{FONTS}">'
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>{content}</svg>'
    )


def stacked(contents: Sequence[str]) -> str:
    """Several pages below one another in one drawing, for `pdf_pages.join` to cut."""
    moved = (f'<g transform="translate(0 {place * HEIGHT})">{content}</g>' for place, content in enumerate(contents))
    return page("".join(moved), HEIGHT * len(contents))


def text_width(words: str, size: float) -> float:
    """About how wide `words` come out, in points."""
    return sum(1.0 if ord(letter) > 255 else 0.56 for letter in words) * size


def line(
    x: float, y: float, size: float, words: str, room: float, *, anchor: str = "middle", weight: str = "normal",
    colour: str = INK, family: str = "",
) -> str:  # fmt: skip
    """One line, made smaller where it would not fit into `room` points."""
    length = text_width(words, size)
    size = size if length <= room else size * room / length
    font = f' font-family="{family}"' if family else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:.1f}" font-weight="{weight}" fill="{colour}" '
        f'text-anchor="{anchor}"{font}>{escape(words)}</text>'
    )


def wrapped(words: str, size: float, room: float) -> list[str]:
    """`words` cut into lines of at most `room` points: between Chinese characters, or at spaces."""
    lines, current = [], ""
    for piece in _pieces(words):
        if current and text_width(current + piece.rstrip(), size) > room:
            lines.append(current.rstrip())
            current = piece.lstrip()
        else:
            current += piece
    return [*lines, current.rstrip()] if current.strip() or not lines else lines


def box(x: float, y: float, side: float) -> str:
    """An empty square to tick; `y` is its lower edge."""
    return f'<rect x="{x:.1f}" y="{y - side:.1f}" width="{side}" height="{side}" fill="#fff" stroke="{INK}" stroke-width="0.9"/>'


def rule(x: float, y: float, length: float, colour: str = "#8a97a3") -> str:
    """A thin horizontal line."""
    return f'<path d="M{x:.1f} {y:.1f}h{length:.1f}" stroke="{colour}" stroke-width="0.7"/>'


def qr_path(url: str, x: float, y: float, side: float) -> str:
    """The QR code of `url` as one path, error correction Q, with its quiet zone inside the side."""
    code = QRCode(error_correction=ERROR_CORRECT_Q, border=4)
    code.add_data(url)
    code.make(fit=True)
    matrix = code.get_matrix()
    unit = side / len(matrix)
    path = "".join(
        f"M{x + column * unit:.3f} {y + row * unit:.3f}h{unit:.3f}v{unit:.3f}h{-unit:.3f}z"
        for row, cells in enumerate(matrix)
        for column, dark in enumerate(cells)
        if dark
    )
    return f'<path d="{path}" fill="#000" shape-rendering="crispEdges"/>'


def _pieces(words: str) -> list[str]:
    pieces: list[str] = []
    for letter in words:
        joined = pieces and ord(letter) < 256 and not pieces[-1].endswith(" ") and ord(pieces[-1][-1]) < 256
        if joined or (pieces and letter in "，。：；？！、）”"):
            pieces[-1] += letter
        else:
            pieces.append(letter)
    return pieces
