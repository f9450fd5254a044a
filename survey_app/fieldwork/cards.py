"""Invitation cards, eight to an A4 page, as PDF and as a page to print; and the list for text messages.

All are made while the codes are known: the database has none. A file of many is made in the background (jobs.py) and kept
sealed for a day, for who asked for it alone; one of few is streamed.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter

from survey_app.drawing.marks import HEIGHT, WIDTH, line, page, qr_path, rule
from survey_app.drawing.pdf_pages import pages_pdf
from survey_app.fieldwork.invitations import Card
from survey_app.fieldwork.posters import Stream, dates
from survey_app.jobs.queue import Progress, counting
from survey_app.models import Site, Survey

COLUMNS, ROWS = 2, 4
CARD_WIDTH, CARD_HEIGHT = WIDTH / COLUMNS, HEIGHT / ROWS
QR_SIDE = 112
MONOSPACE = "'Noto Sans Mono', 'DejaVu Sans Mono', monospace"
ENDINGS = {"zip": "application/zip", "pdf": "application/pdf", "html": "text/html", "csv": "text/csv"}


def cards_file(
    cards: Sequence[Card], base: str, ending: str, organiser: str = "", progress: Progress | None = None
) -> Iterator[bytes]:
    """The cards as zip (everything, by site), pdf, html or csv, in parts. Raises ValueError for another ending."""
    if ending == "csv":
        return iter([messages_csv(cards, base)])
    pages = _pages(cards, base, organiser, progress)
    if ending == "pdf":
        return iter([pages_pdf(content for _site, content in pages)])
    if ending == "html":
        return cards_html(content for _site, content in pages)
    if ending == "zip":
        return cards_zip(messages_csv(cards, base), pages)
    raise ValueError(f"no cards as {ending}")


def cards_html(contents: Iterable[str]) -> Iterator[bytes]:
    """A page that prints as it stands, without anything from elsewhere."""
    style = "@page{size:A4;margin:0}body{margin:0}svg{display:block;width:210mm;height:296.9mm;break-after:page}"
    yield (
        "<!doctype html><html lang='zh-CN'><head><meta charset='utf-8'><meta name='viewport' "
        f"content='width=device-width'><title>邀请卡</title><style>{style}</style></head><body>\n"
    ).encode()
    for content in contents:
        yield page(content).encode() + b"\n"
    yield b"</body></html>\n"


def messages_csv(cards: Sequence[Card], base: str) -> bytes:
    """Number, code and address of every card, for the programme that sends messages. No telephone number is in it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["serial", "code", "url", "site", "site_name"])
    writer.writerows(
        [card.written_serial, card.written_code, card.url(base), card.site.code, card.site.name] for card in cards
    )
    return ("\ufeff" + out.getvalue()).encode()


def cards_zip(codes: bytes, pages: Iterable[tuple[Site, str]]) -> Iterator[bytes]:
    """A ZIP with codes.csv, and for every site its cards as PDF and as a page to print."""
    out = Stream()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("codes.csv", codes)
        yield out.taken()
        for site, group in groupby(pages, key=itemgetter(0)):
            contents = [content for _site, content in group]
            name = f"{site.area.name}-{site.name}-{site.code}"
            archive.writestr(f"{name}.pdf", pages_pdf(contents))
            archive.writestr(f"{name}.html", b"".join(cards_html(contents)))
            yield out.taken()
    yield out.taken()


def _pages(cards: Sequence[Card], base: str, organiser: str, progress: Progress | None) -> Iterator[tuple[Site, str]]:
    """Contents of the pages, each with its site; the cards of a site are cut apart from those of the next."""
    sheets = []
    for site, group in groupby(cards, key=lambda card: card.site):
        of_site = list(group)
        sheets += [(site, of_site[at : at + COLUMNS * ROWS]) for at in range(0, len(of_site), COLUMNS * ROWS)]
    for site, sheet in counting(
        sheets, len(sheets), progress, "正在画邀请卡，每页八张", "drawing cards, eight to a page"
    ):
        yield site, page_content(sheet, base, organiser)


def page_content(cards: Sequence[Card], base: str, organiser: str) -> str:
    """Up to eight cards with the lines to cut along."""
    parts = [
        f'<path d="M{CARD_WIDTH} 0V{HEIGHT}" stroke="#9aa5af" stroke-width="0.5" stroke-dasharray="3 4"/>',
        *(
            f'<path d="M0 {row * CARD_HEIGHT}H{WIDTH}" stroke="#9aa5af" stroke-width="0.5" stroke-dasharray="3 4"/>'
            for row in range(1, ROWS)
        ),
    ]
    for place, card in enumerate(cards):
        x, y = place % COLUMNS * CARD_WIDTH, place // COLUMNS * CARD_HEIGHT
        parts.append(f'<g transform="translate({x} {y})">{_card(card, base, organiser)}</g>')
    return "".join(parts)


def _card(card: Card, base: str, organiser: str) -> str:
    survey: Survey = card.site.survey
    left, room = 18 + QR_SIDE + 8, CARD_WIDTH - QR_SIDE - 44
    short = f"{base.rstrip('/').removeprefix('https://').removeprefix('http://')}/i"
    whole = CARD_WIDTH - 36
    parts = [
        line(18, 30, 13, survey.title, whole, anchor="start", weight="bold"),
        rule(18, 38, whole),
        qr_path(card.url(base), 14, 42, QR_SIDE),
        line(left, 62, 10.5, "微信扫一扫，约三分钟", room, anchor="start"),
        line(left, 77, 8, "Scan the code: about three minutes", room, anchor="start", colour="#55626f"),
        line(left, 98, 9, "或输入网址 / or go to", room, anchor="start", colour="#55626f"),
        line(left, 113, 10.5, short, room, anchor="start", weight="bold"),
        line(left, 131, 9, "邀请码 / code", room, anchor="start", colour="#55626f"),
        line(left, 148, 14, card.written_code, room, anchor="start", weight="bold", family=MONOSPACE),
        rule(18, 161, whole),
        line(18, 175, 9.5, f"{card.site.area.name} {card.site.name}", whole * 0.62, anchor="start"),
        line(CARD_WIDTH - 18, 175, 9.5, f"编号 No. {card.written_serial}", whole * 0.36, anchor="end", weight="bold"),
        line(18, 189, 8.5, dates(survey), whole * 0.62, anchor="start", colour="#55626f"),
        line(CARD_WIDTH - 18, 189, 8.5, organiser, whole * 0.36, anchor="end", colour="#55626f"),
        line(
            18,
            202,
            7.5,
            "仅限本人使用一次，匿名作答 · For you, once; anonymous",
            whole,
            anchor="start",
            colour="#55626f",
        ),
    ]
    if survey.demo:
        parts.append(line(CARD_WIDTH - 18, 14, 8, "演示数据 demo", 80, anchor="end", colour="#b3261e"))
    return "".join(parts)
