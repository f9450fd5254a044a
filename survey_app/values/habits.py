"""What is wrong in many cells for one cause, said once: its first cells, their number, the first of its sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable

from wording import Message, Text, english

SHOWN = 3  # places
_PARTICULAR = re.compile(r"“[^”]*”|'[^']*'|[-+]?\d+(?:[.,]\d+)*")  # what differs from cell to cell in a plain text
_CELL = re.compile(r"(.*) row (\d+) column ([A-Z]{1,3})\b.*")


def habits(wrong: Iterable[tuple[Text, Text]]) -> list[Message]:
    """A message for each cause among (place, what is wrong there), in the order of its first place.

    >>> from wording import Message, reading
    >>> said = [(f"表 row {row} column G (数值)", Message("values.of_metric", name="甲", said="97大于1")) for row in (2, 5, 9, 12)]
    >>> with reading("zh"):
    ...     print(*habits([*said, ("表 row 7 column H", "没有理由")]), sep="\\n")
    表 G2、G5、G9等4处：甲：97大于1
    表 row 7 column H：没有理由
    """
    grouped: dict[object, list[tuple[Text, Text]]] = {}
    for place, said in wrong:
        grouped.setdefault(_cause(said), []).append((place, said))
    return [_message(found) for found in grouped.values()]


def _cause(said: Text) -> object:
    """The keys of a message and of those in it; a plain text without its particulars."""
    if isinstance(said, Message):
        return (said.key, *(_cause(part) for name, part in said.params.items() if name == "said"))
    return _PARTICULAR.sub("…", said)


def _message(found: list[tuple[Text, Text]]) -> Message:
    places, (first, said) = [place for place, _said in found], found[0]
    if len(found) == 1:
        return Message("values.at", place=first, said=said)
    cells = [_CELL.fullmatch(english(place)) for place in places]
    sheets = {cell[1] for cell in cells if cell}
    if len(sheets) == 1 and all(cells):
        found_in = [f"{cell[3]}{cell[2]}" for cell in cells if cell]
        places = [f"{sheets.pop()} {found_in[0]}", *found_in[1:]]
    return Message("values.habit", places=places[:SHOWN], number=len(places), said=said)
