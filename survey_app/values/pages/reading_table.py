"""Readings of unclear rules as a table, for their page and for the report of a final run."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _

from survey_app.console.tables import Column, Row, Table
from survey_app.values.readings import ReadingRow, authority_of


def readings_table(rows: Sequence[ReadingRow], key: str = "readings") -> Table:
    columns = [
        Column("city", _("市级第几项")),
        Column("county", _("县级第几项")),
        Column("text", _("读法")),
        Column("other", _("另一读法")),
        Column("authority", _("依据")),
        Column("id", _("编号")),
    ]
    found: list[Row] = []
    for row in rows:
        about_stars = not any(row["rows"].values())
        cells = {
            level: _("星级") if about_stars else ", ".join(map(str, numbers))
            for level, numbers in zip(("city", "county"), _by_level(row), strict=True)
        }
        text, other = (row["alternative"], row["reads"]) if row["chosen"] else (row["reads"], row["alternative"])
        found.append({**cells, "text": text, "other": other, "authority": authority_words(row), "id": row["id"]})
    title = _("锁定之后列入的条文读法") if key == "later" else _("条文读法")
    return Table(key, title, columns, found)


def authority_words(row: ReadingRow) -> str:
    """Letter, day and interpreter, or that there is no letter."""
    written = authority_of(row)
    if written:
        return written
    return str(_("无书面解释，按另一读法") if row["chosen"] else _("无书面解释，按本系统读法"))


def readings_told(digest: str, rows: Sequence[ReadingRow]) -> str:
    """How many have no letter, and the digest."""
    unwritten = sum(not row["letter"] for row in rows)
    words = _("%(n)s条，其中%(m)s条无书面解释，按本系统读法", n=len(rows), m=unwritten)
    return f"{words} · {_('摘要')} {digest[:16]}"


def _by_level(row: ReadingRow) -> tuple[list[int], list[int]]:
    city = [number for book, rows in row["rows"].items() for number in rows if "municipal" in book]
    return city, [number for book, rows in row["rows"].items() for number in rows if "municipal" not in book]
