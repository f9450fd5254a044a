"""The few marks that printed matter is made of: lines of text, boxes and QR codes, as SVG on A4 pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby

from qrcode.constants import ERROR_CORRECT_Q
from qrcode.main import QRCode

WIDTH, HEIGHT = 595, 842  # A4 in points
FONTS = "'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"
INK = "#1c2733"


def page(content: str) -> str:
    """A white A4 page with `content`."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}" font-family="{FONTS}">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>{content}</svg>'
    )


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
        f"M{column} {row}h{length}v1h-{length}z" for row, cells in enumerate(matrix) for column, length in _runs(cells)
    )
    place = f"translate({x:.3f} {y:.3f}) scale({unit:.5f})"
    return f'<path transform="{place}" d="{path}" fill="#000" shape-rendering="crispEdges"/>'


def _runs(cells: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Where dark cells stand side by side: the first, and how many."""
    column = 0
    for dark, run in groupby(cells):
        length = len(list(run))
        if dark:
            yield column, length
        column += length


def _pieces(words: str) -> list[str]:
    pieces: list[str] = []
    for letter in words:
        joined = pieces and ord(letter) < 256 and not pieces[-1].endswith(" ") and ord(pieces[-1][-1]) < 256
        if joined or (pieces and letter in "，。：；？！、）”"):
            pieces[-1] += letter
        else:
            pieces.append(letter)
    return pieces
