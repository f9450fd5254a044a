"""Codes of invitations and numbers on lists: made, signed, read back from what people type.

A code is twelve characters in groups of four: nine at random and three that sign them, so that a code cannot be
guessed or made without the secret key (60 bits) and a slip of the pen is noticed without asking the database.
"""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Callable

from survey_app.ground.crypto import mac, same
from survey_app.ground.signing import naming_key

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # one of each pair that looks alike; the other is read as it
FOLDED = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})
RANDOM, SIGNED = 9, 3


def new_code() -> str:
    """A code nobody else has."""
    stem = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM))
    return stem + _signature(stem)


def code_again(what: str) -> str:
    """The code of a thing, the same each time: for who must show one that is stored nowhere, as the demonstration does."""
    number = int.from_bytes(mac(_key("again"), what)[:8], "big")
    stem = "".join(ALPHABET[number >> shift & 31] for shift in range(0, 5 * RANDOM, 5))
    return stem + _signature(stem)


def read_code(typed: str) -> str | None:
    """The code in what was typed: any case, spaces, hyphens, full-width letters. None where it is not one of ours."""
    return read_signed(typed, RANDOM, _signature)


def read_signed(typed: str, size: int, signature: Callable[[str], str]) -> str | None:
    """`size` letters of ALPHABET and their signature, however they were typed; None where the two do not fit."""
    letters = unicodedata.normalize("NFKC", typed[:60]).upper().translate(FOLDED)
    code = "".join(letter for letter in letters if letter.isalnum())
    if len(code) < size or not set(code) <= set(ALPHABET):
        return None
    return code if same(code[size:], signature(code[:size])) else None


def written(code: str) -> str:
    """As it stands on the card: ABCD-EFGH-JKMN."""
    return "-".join(code[place : place + 4] for place in range(0, len(code), 4))


def code_hash(code: str) -> str:
    """What is stored of a code."""
    return mac(_key("stored"), code).hex()


def written_serial(serial: int) -> str:
    """A number of a list with its check digit, as it stands on cards and paper forms: 1023-6."""
    return f"{serial}-{_check_digit(serial)}"


def read_serial(typed: str) -> int | None:
    """The number in what was typed; None where the check digit does not fit (one wrong digit, most swaps)."""
    digits = "".join(letter for letter in unicodedata.normalize("NFKC", typed[:30]) if letter in "0123456789")
    if len(digits) < 2:
        return None
    serial = int(digits[:-1])
    return serial if serial < 2**31 and int(digits[-1]) == _check_digit(serial) else None


def _signature(stem: str) -> str:
    number = int.from_bytes(mac(_key("signed"), stem)[:4], "big")
    return "".join(ALPHABET[number >> shift & 31] for shift in (0, 5, 10))


def _check_digit(serial: int) -> int:
    """Luhn's."""
    total = 0
    for place, digit in enumerate(reversed(str(serial))):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return -total % 10


def _key(purpose: str) -> bytes:
    return mac(naming_key(), f"minyi invitation {purpose}")
