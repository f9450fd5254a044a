"""Many A4 pages in one PDF, written as a stream: joins the one-page PDFs that vl-convert draws.

A drawing may hold several pages below one another (`drawing.stacked`): they share its fonts, and each page of the
result is a window on it. Those PDFs keep plain objects and a plain cross-reference table, which is all that is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import vl_convert

from survey_app.drawing.marks import HEIGHT, WIDTH, stacked

REFERENCE = re.compile(rb"\b(\d+) 0 R\b")
PAGES_AT_ONCE = 6  # in one drawing: starting the renderer costs more than drawing a page


def pages_pdf(pages: Iterable[str]) -> Iterator[bytes]:
    """A PDF of page contents (SVG without its frame), in parts as they are drawn."""
    return join(_drawn(pages))


def join(drawings: Iterable[tuple[bytes, int]]) -> Iterator[bytes]:
    """One PDF out of drawings, each with the number of A4 pages stacked in it."""
    head = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
    yield head
    at, number = len(head), 2  # 1 is the catalogue, 2 the list of pages
    places: dict[int, int] = {}
    kids: list[int] = []
    for drawing, pages in drawings:
        objects, page = _objects(drawing)
        shift = number
        for old, body in objects.items():
            number = max(number, old + shift)
            if old == page:
                continue
            part = b"%d 0 obj\n%s\nendobj\n" % (old + shift, _renumbered(body, shift))
            places[old + shift] = at
            at += len(part)
            yield part
        frame = _renumbered(objects[page], shift)
        frame = re.sub(rb"/Parent \d+ 0 R", b"/Parent 2 0 R", frame)
        for place in range(pages):
            number += 1
            top = (pages - place) * HEIGHT
            window = b"/MediaBox [0 %d %d %d]" % (top - HEIGHT, WIDTH, top)
            part = b"%d 0 obj\n%s\nendobj\n" % (number, re.sub(rb"/MediaBox \[[^\]]*\]", window, frame))
            places[number], at = at, at + len(part)
            kids.append(number)
            yield part
    yield _ending(places, kids, at, number)


def _drawn(pages: Iterable[str]) -> Iterator[tuple[bytes, int]]:
    waiting: list[str] = []
    for page in pages:
        waiting.append(page)
        if len(waiting) == PAGES_AT_ONCE:
            yield bytes(vl_convert.svg_to_pdf(stacked(waiting))), len(waiting)
            waiting = []
    if waiting:
        yield bytes(vl_convert.svg_to_pdf(stacked(waiting))), len(waiting)


def _objects(document: bytes) -> tuple[dict[int, bytes], int]:
    """The objects by number, without the catalogue, the list of pages and the notes; and which one is the page."""
    start = int(document[document.rindex(b"startxref") + 9 :].split()[0])
    table = document[start:].split(b"trailer")[0].splitlines()[2:]
    offsets = {number: int(row[:10]) for number, row in enumerate(table) if row[17:18] == b"n"}
    ends = dict(zip(sorted(offsets.values()), [*sorted(offsets.values())[1:], start], strict=True))
    trailer = document[start:].split(b"trailer")[1]
    found = {}
    for number, offset in offsets.items():
        raw = document[offset : ends[offset]]
        found[number] = raw[raw.index(b"obj") + 3 : raw.rindex(b"endobj")].strip(b"\r\n ")
    root = _named(trailer, b"Root")
    listed = _named(found[root], b"Pages")
    page = int(re.search(rb"/Kids \[(\d+) 0 R\]", found[listed])[1])  # type: ignore[index]
    for number in (root, listed, *([_named(trailer, b"Info")] if b"/Info" in trailer else [])):
        del found[number]
    return found, page


def _named(body: bytes, name: bytes) -> int:
    match = re.search(rb"/%s (\d+) 0 R" % name, body)
    if match is None:
        raise ValueError(f"a PDF without /{name.decode()}")
    return int(match[1])


def _renumbered(body: bytes, shift: int) -> bytes:
    """References moved by `shift`; what follows 'stream' is data and stays."""
    head, mark, data = body.partition(b"stream")
    return REFERENCE.sub(lambda match: b"%d 0 R" % (int(match[1]) + shift), head) + mark + data


def _ending(places: dict[int, int], kids: list[int], at: int, number: int) -> bytes:
    catalogue = b"1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
    listed = b"2 0 obj\n<< /Type /Pages /Count %d /Kids [%s] >>\nendobj\n" % (
        len(kids), b" ".join(b"%d 0 R" % kid for kid in kids),
    )  # fmt: skip
    places |= {1: at, 2: at + len(catalogue)}
    start = at + len(catalogue) + len(listed)
    rows = [b"0000000000 65535 f \n"]
    rows += [
        b"%010d 00000 n \n" % places[row] if row in places else b"0000000000 00000 f \n" for row in range(1, number + 1)
    ]
    table = b"xref\n0 %d\n%s" % (number + 1, b"".join(rows))
    return (
        catalogue
        + listed
        + table
        + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (number + 1, start)
    )
