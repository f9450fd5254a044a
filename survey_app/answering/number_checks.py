"""What a number is by itself: identity papers and cards by their checks, mobile numbers by how they are grouped."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime

DATE = re.compile(r"(?<!\d)(?:19|20)\d\d[\-/. ](?:0?[1-9]|1[0-2])[\-/. ](?:[012]?\d|3[01])(?!\d)")
YEAR = re.compile(r"(?:19|20)\d\d")
ISSUED = re.compile(r"(?:6[025]|81|955[89])\d{12,17}(?<=\d{16})|(?:4\d|5[1-5]|35)\d{14}")
# 9: residence permits of foreigners.
_PROVINCES = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|9\d")


@dataclass(frozen=True)
class Number:
    """Groups of digits that may be one number. before, after: what stands around it in its sentence."""

    written: str
    before: str
    after: str

    @property
    def digits(self) -> str:
        return "".join(c for c in self.written.upper() if c.isdigit() or c == "X")

    @property
    def groups(self) -> list[int]:
        return [len(group) for group in re.findall(r"\d+", self.written)]

    @property
    def separators(self) -> list[str]:
        return re.findall(r"(?<=\d)\D+(?=\d)", self.written)


def is_identity(number: Number) -> bool:
    """18 characters with province, day of birth and check digit (GB 11643-1999); or 15 of the first kind, ungrouped, of
    those born since 1930: a serial number often begins with a district and a recent day.

    With an X at the end a wrong check digit counts too: no other number ends so.
    """
    digits = number.digits
    if len(digits) == 15 and not number.separators:
        return bool(_PROVINCES.match(digits)) and digits[6] >= "3" and _is_day("19" + digits[6:12])
    if len(digits) != 18 or "X" in digits[:17] or not (_PROVINCES.match(digits) and _is_day(digits[6:14])):
        return False
    weighed = sum(int(digit) * (2 ** (17 - place) % 11) for place, digit in enumerate(digits[:17]))
    return digits[17] == "X" or digits[17] == "10X98765432"[weighed % 11]


def _is_day(digits: str) -> bool:
    try:
        return date(1900, 1, 1) <= date(int(digits[:4]), int(digits[4:6]), int(digits[6:])) <= datetime.now(UTC).date()
    except ValueError:
        return False


def is_card(number: Number) -> bool:
    """16 to 19 digits of an issuer's range with Luhn's check digit (ISO/IEC 7812); no row of years or round amounts.

    Without a word that says so, 15 digits are a card only in its own grouping: a province begins with 37, too.
    """
    digits = number.digits
    if not (ISSUED.fullmatch(digits) or (number.groups == [4, 6, 5] and digits[:2] in ("34", "37"))):
        return False
    groups = re.findall(r"\d+", number.written)
    if len(groups) > 1 and all(YEAR.fullmatch(group) or group.endswith("00") for group in groups):
        return False
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def is_mobile(number: Number) -> bool:
    """11 digits from 13 to 19, after 0, 86 or 0086 if need be, grouped as a person groups one number and not a list of several."""
    called = re.fullmatch(r"((?:00)?86|0)?1[3-9]\d{9}", number.digits)
    if called is None or DATE.search(number.written):
        return False
    groups, separators = number.groups, number.separators
    prefix = len(called[1] or "")
    while prefix:
        taken = min(prefix, groups[0])
        prefix -= taken
        groups = [groups[0] - taken, *groups[1:]] if taken < groups[0] else groups[1:]
        separators = separators[-(len(groups) - 1) :] if len(groups) > 1 else []
    if not separators:
        return True
    if any(c in mark for mark in separators for c in ",、/*"):
        return groups == [3, 4, 4]
    if any("." in mark for mark in separators):
        return groups == [3, 4, 4] or (len(separators) > 1 and set(separators) == {"."} and max(groups) > 3)
    if groups == [3, 4, 4]:
        return True
    written = re.findall(r"\d+", number.written)
    years = [group for group in written if YEAR.fullmatch(group)]
    amounts = len(groups) > 2 and all(group[0] != "0" and group[-1] in "05" for group in written)
    if len({mark.strip() for mark in separators} - {"("}) > 1 or len(years) > 1 or amounts:
        return False
    few = len(groups) <= 4 and (groups[0] >= 3 or groups[0] == 1)
    return few or max(groups) == 1 or groups in ([3, 2, 2, 2, 2], [2, 2, 2, 2, 2, 1], [1, 2, 2, 2, 2, 2])
