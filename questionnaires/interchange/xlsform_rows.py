"""The rows of an XLSForm's sheets, their columns by one name each: older headings, capitals and languages by tag."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from wording import Message, Text

_COLUMNS = {
    "relevance": "relevant", "caption": "label", "list name": "list_name", "command": "type", "value": "name",
    "constraint message": "constraint_message", "calculate": "calculation",
}  # fmt: skip
_TYPES = (
    ("select all that apply from", "select_multiple"), ("select all that apply", "select_multiple"), ("select one from", "select_one"),
    ("select one", "select_one"), ("select1", "select_one"), ("select multiple from", "select_multiple"),
    ("select multiple", "select_multiple"), ("begin group", "begin_group"), ("end group", "end_group"), ("begin repeat", "begin_repeat"),
    ("end repeat", "end_repeat"), ("int ", "integer "), ("string ", "text "),
)  # fmt: skip
_NAMES = {
    "english": "en",
    "chinese": "zh",
    "中文": "zh",
    "汉语": "zh",
    "简体中文": "zh",
    "普通话": "zh",
    "英文": "en",
    "英语": "en",
}
_TRADITIONAL = ("hant", "tw", "hk", "mo")


@dataclass(frozen=True)
class Line:
    """A row of a sheet. number: as the spreadsheet counts. cells: column -> text, `label::zh` where it names a language."""

    sheet: str
    number: int
    cells: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "").strip()

    @property
    def kind(self) -> str:
        """Its type by the words of today, and the list it takes its options from."""
        said = " ".join(self["type"].split()) + " "
        for old, new in _TYPES:
            if said.lower().startswith(old):
                said = new + " " + said[len(old) :].lstrip()
                break
        base, _, rest = said.strip().partition(" ")
        return f"{base.lower()} {rest}".strip()

    @property
    def place(self) -> Text:
        return Message("questionnaires.row_of_sheet", sheet=self.sheet, number=self.number)

    def words(self, column: str, default: str) -> tuple[str, str]:
        """Chinese and English; of neither, what stands without a language or in another, by its own signs."""
        found = {
            name.partition("::")[2]: words for name, words in self.cells.items() if name.partition("::")[0] == column
        }
        zh, en = found.get("zh") or found.get("zh-hant", ""), found.get("en", "")
        plain = found.pop("", "")
        if plain and default in ("zh", "en"):
            zh, en = (zh or plain, en) if default == "zh" else (zh, en or plain)
        if not zh and not en:
            return by_its_signs(plain or next(iter(found.values()), ""))
        return zh, en


def by_its_signs(words: str) -> tuple[str, str]:
    """Words of no stated language: Chinese where a Chinese sign stands in them."""
    return (words, "") if re.search(r"[\u3400-\u9fff]", words) else ("", words)


def language_of(said: str) -> str:
    """'en' of 'English (en)', of 'EN-gb' and of 'English'; 'zh' of every Chinese but the traditional, 'zh-hant'."""
    match = re.search(r"\(([^()]*)\)\s*$", said)
    tag = (match[1] if match else said).strip().lower().replace("_", "-")
    tag = _NAMES.get(tag, tag)
    primary, *rest = tag.split("-")
    if primary == "zh" and any(part in _TRADITIONAL for part in rest):
        return "zh-hant"
    return primary


def lines(sheet: str, rows: Sequence[Sequence[str]]) -> list[Line]:
    """The rows below the headings that say something."""
    start = next((at for at, row in enumerate(rows) if any(cell.strip() for cell in row)), len(rows))
    columns = [_column(said) for said in rows[start]] if start < len(rows) else []
    found = []
    for number, row in enumerate(rows[start + 1 :], start + 2):
        cells = {name: value for name, value in zip(columns, row, strict=False) if name and value.strip()}
        if cells:
            found.append(Line(sheet, number, cells))
    return found


def _column(said: str) -> str:
    base, mark, language = re.sub(r"\s*::?\s*", "::", said.strip(), count=1).partition("::")
    base = " ".join(base.lower().split())
    base = _COLUMNS.get(base, base).replace(" ", "_")
    return f"{base}::{language_of(language)}" if mark else base
