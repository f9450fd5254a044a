"""Ticket numbers: the key to a ticket's status page, made so that nobody can guess one and nothing need keep it.

Twelve characters in groups of four, as on invitation cards: ten that follow from the form's random submission key
under the installation's secret (50 bits), and two that sign them. The same submission always gives the same number,
so a repeated one can be told its number although only a hash of it is stored.
"""

from __future__ import annotations

import unicodedata

from survey_app.answering.invitation_codes import ALPHABET, FOLDED, read_signed, written
from survey_app.ground.crypto import mac, same
from survey_app.ground.signing import naming_key

STEM, SIGNED = 10, 2
ROUND = 10  # letters that sign a round-trip number, 50 bits

__all__ = ["new_number", "number_hash", "read_number", "read_round_trip", "round_trip", "signs", "written"]


def new_number(submission_key: str) -> str:
    """The number that belongs to a submission."""
    stem = _letters(_mac("made", submission_key), STEM)
    return stem + _signature(stem)


def read_number(typed: str) -> str | None:
    """The number in what was typed: any case, spaces, hyphens, full-width letters. None where it is not one of ours."""
    return read_signed(typed, STEM, _signature)


def number_hash(number: str) -> str:
    """What is stored of a number."""
    return _mac("stored", number).hex()


def round_trip(ticket_id: int, stored: str) -> str:
    """The number a ticket has on its way to another office and back: its id, and letters that follow from what is
    stored of the citizen's number, so that no id can be guessed into another ticket and an emptied ticket has none."""
    return f"{ticket_id}-{_letters(_mac('round trip', f'{ticket_id} {stored}'), ROUND)}"


def read_round_trip(typed: str) -> tuple[int, str] | None:
    """Id and letters in what was typed, however it was typed; whether the letters are the ticket's, `signs` tells."""
    found = unicodedata.normalize("NFKC", typed[:60]).upper().translate(FOLDED)
    letters = "".join(letter for letter in found if letter.isalnum())
    head, tail = letters[:-ROUND], letters[-ROUND:]
    return (int(head), tail) if head.isascii() and head.isdecimal() and len(head) < 10 else None


def signs(letters: str, ticket_id: int, stored: str) -> bool:
    return same(letters, round_trip(ticket_id, stored).rpartition("-")[2])


def _signature(stem: str) -> str:
    return _letters(_mac("signed", stem), SIGNED)


def _letters(digest: bytes, length: int) -> str:
    number = int.from_bytes(digest[:8], "big")
    return "".join(ALPHABET[number >> (5 * place) & 31] for place in range(length))


def _mac(purpose: str, text: str) -> bytes:
    key = mac(naming_key(), f"minyi ticket {purpose}")
    return mac(key, text)
