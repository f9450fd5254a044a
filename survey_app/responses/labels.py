"""Under which label a response's answers are shown: a keyed permutation of its number, which process pages show.

Without the key nobody can turn one into the other, so that no number joins what was answered to when and where.
"""

from __future__ import annotations

import random
from collections.abc import Iterable

from survey_app.ground.crypto import mac
from survey_app.ground.signing import naming_key

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LETTERS, HALF, ROUNDS = 8, 20, 8  # eight letters of five bits: two halves of twenty


def label_of(number: int) -> str:
    """The label of the response with this number."""
    left, right = number >> HALF & _MASK, number & _MASK
    for turn in range(ROUNDS):
        left, right = right, left ^ _mixed(turn, right)
    value = left << HALF | right
    return "".join(ALPHABET[value >> 5 * place & 31] for place in reversed(range(LETTERS)))


def number_of(label: str) -> int | None:
    """The number behind a label; None for what is none."""
    if len(label) != LETTERS or not set(label) <= set(ALPHABET):
        return None
    value = 0
    for letter in label:
        value = value << 5 | ALPHABET.index(letter)
    left, right = value >> HALF, value & _MASK
    for turn in reversed(range(ROUNDS)):
        left, right = right ^ _mixed(turn, left), left
    return left << HALF | right


def random_sites(codes: Iterable[str]) -> dict[str, str]:
    """Each site's label in one file: numbers drawn anew for each, which name no place."""
    known = sorted(codes)
    numbers = random.SystemRandom().sample(range(1, len(known) + 1), len(known))
    return {code: f"P{number:04}" for code, number in zip(known, numbers, strict=True)}


_MASK = (1 << HALF) - 1


def _mixed(turn: int, half: int) -> int:
    said = mac(naming_key(), f"minyi answers {turn} {half}")
    return int.from_bytes(said[:4], "big") & _MASK
