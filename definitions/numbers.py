"""Numbers as people write them: read in one way from every form, file, option and questionnaire.

Full-width signs, thousands (1,200 or 1 200), 万 and % are read; a comma that is no thousands mark is refused, since
1,5 is one and a half to one reader and fifteen to another. Nothing else is guessed.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from wording import Refusal

YES = frozenset(("是", "yes", "y", "true", "1", "√", "✓", "✔", "☑"))
NO = frozenset(("否", "no", "n", "false", "0", "×", "✕", "✗", "✘", "☒"))
SCALES = {
    "千": Decimal(10**3),
    "万": Decimal(10**4),
    "百万": Decimal(10**6),
    "千万": Decimal(10**7),
    "亿": Decimal(10**8),
}
DIGITS = 15  # of a binary number: what a spreadsheet shows of it
LARGEST = 10**15
MOST_DIGITS = 28  # of a number written out: what decimals are counted with
_WIDTHS = {0xFF01 + place: 0x21 + place for place in range(94)} | {ord("\N{MINUS SIGN}"): ord("-")}
_NUMBER = re.compile(
    r"(?P<figure>[+-]?(?:[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d{0,2}(?: \d{3})+|\d+)?(?:\.\d*)?) ?(?P<mark>%|百?万|千万?|亿)?",
    re.ASCII,
)
_EXPONENT = re.compile(r"\d(\.\d{1,17})?[eE]-\d{1,2}", re.ASCII)
_COMMAS = re.compile(r"[+-]?[\d.,]*\d,[\d.,]*\d ?\D{0,2}", re.ASCII)


class NumberRefusedError(Refusal):
    """What is no number, or none of the kind that belongs there."""


@dataclass(frozen=True)
class Number:
    """A number as it was written: `value` with what % or 万 makes of it, and which of them stood there."""

    value: Decimal
    mark: str = ""

    @property
    def percent(self) -> bool:
        return self.mark == "%"


def read_number(text: str) -> Number:
    """The number that `text` says. Raises NumberRefusedError.

    >>> read_number("６３.４万").value, read_number("95%").value, read_number("1,200").value
    (Decimal('634000.0'), Decimal('0.95'), Decimal('1200'))
    """
    bare = folded(text)
    found = _NUMBER.fullmatch(bare)
    digits = sum(sign.isdigit() for sign in found["figure"]) if found else 0
    if found is None or not 0 < digits <= MOST_DIGITS:
        raise _refused(bare)
    mark = found["mark"] or ""
    value = Decimal(found["figure"].replace(",", "").replace(" ", ""))
    value = value / 100 if mark == "%" else value * SCALES.get(mark, 1)
    if abs(value) > LARGEST:
        raise _refused(bare)
    return Number(value, mark)


def number_of(text: str) -> Decimal:
    """A number that is no percentage. Raises NumberRefusedError."""
    found = read_number(text)
    if found.percent:
        raise _refused(text)
    return found.value


def figure_of(text: str) -> float:
    """A figure of a table or an option, 0.05 or 5%; as programs write small ones (9.5e-05) too. Raises NumberRefusedError."""
    return float(text) if _EXPONENT.fullmatch(text.strip()) else float(read_number(text).value)


def whole_of(text: str) -> int:
    """A whole number. Raises NumberRefusedError."""
    found = number_of(text)
    if found != found.to_integral_value():
        raise NumberRefusedError("numbers.not_whole", raw=_short(text))
    return int(found)


def share_of(text: str) -> Decimal:
    """A share as a fraction of one, from 95% or 0.95. Raises NumberRefusedError; a bare number above 1 is one reason."""
    found = read_number(text)
    if found.mark not in ("", "%") or found.value < 0:
        raise _refused(text)
    if found.value > 1 and not found.percent:
        raise above_one(found.value)
    return found.value


def percents_of(text: str) -> Decimal:
    """A share from a box that shows % beside it: 95 and 95% are 0.95, 0.95 is 0.0095. Raises NumberRefusedError."""
    found = read_number(text)
    if found.mark not in ("", "%") or found.value < 0:
        raise _refused(text)
    return found.value if found.percent else found.value / 100


def yes_no_of(text: str) -> bool:
    """Yes or no, written out or as √ and ×. Raises ValueError."""
    said = folded(text).casefold()
    if said not in YES | NO:
        raise Refusal("numbers.yes_or_no", raw=_short(text))
    return said in YES


def above_one(number: Decimal) -> NumberRefusedError:
    """The refusal of a share written as a bare number above 1, with its right spellings."""
    if number > 100:
        return NumberRefusedError("numbers.above_one", shown=plain(number))
    return NumberRefusedError("numbers.above_one_spelt", shown=plain(number), spelt=plain(number / 100))


def fifteen(number: float) -> Decimal:
    """A binary number of a workbook or of JSON as a spreadsheet shows it: 15 significant digits.

    >>> fifteen(0.57 + 0.33)
    Decimal('0.9')
    """
    return Decimal(f"{number:.{DIGITS}g}")


def percents(share: Decimal) -> str:
    """A share in percents, with every digit: 95.5%."""
    return f"{plain(share * 100)}%"


def plain(number: Decimal) -> str:
    """A number without exponent and trailing zeros."""
    shown = f"{number:f}"
    return (shown.rstrip("0").rstrip(".") if "." in shown else shown) if number else "0"


def folded(text: str) -> str:
    """Full-width signs as ASCII, every blank a space, nothing invisible, no blanks around.

    Not NFKC, to which 10² is 102.
    """
    narrow = text.translate(_WIDTHS)
    seen = (sign for sign in narrow if unicodedata.category(sign) != "Cf")
    return "".join(" " if sign.isspace() else sign for sign in seen).strip()


def _refused(text: str) -> NumberRefusedError:
    key = "numbers.ambiguous" if _COMMAS.fullmatch(text) else "numbers.not_a_number"
    return NumberRefusedError(key, raw=_short(text))


def _short(text: str) -> str:
    return text.strip()[:20]


def percent_text(share: float, digits: int) -> str:
    """A share as per cent with `digits` decimals, cut towards 0, so that 69.96 % never shows as 70 %.

    >>> percent_text(0.69999, 1), percent_text(-0.00456, 2)
    ('69.9%', '-0.45%')
    """
    factor = 10 ** (digits + 2)
    return f"{int(share * factor + (1e-9 if share >= 0 else -1e-9)) / 10**digits:.{digits}f}%"
