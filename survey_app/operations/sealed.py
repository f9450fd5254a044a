"""A stream sealed with a passphrase: blocks of AES-GCM, or SM4-GCM, under a key that scrypt makes of it.

    minyi backup 1\\n
    {"cipher": "AES-256-GCM", "derivation": "scrypt", "n": …, "r": …, "p": …, "salt": …, "check": …}\\n
    (length of the block in four bytes, the block) …

A block's nonce is its number and whether it is the last, so none can be changed, moved, left out or cut off unseen;
the key belongs to one file, since the salt is drawn for it. `check` tells a wrong passphrase from a damaged file.
"""

from __future__ import annotations

import io
import json
import secrets
from base64 import b64decode, b64encode
from typing import Any, BinaryIO

from survey_app.ground.crypto import AES_GCM, SM, SM4_GCM, Gcm, UnsealableError, mac, passphrase_key, same
from survey_app.ground.settings import in_force
from wording import Refusal

MAGIC = b"minyi backup 1\n"
CIPHERS, DERIVATION = (AES_GCM, SM4_GCM), "scrypt"
COST = {"n": 2**17, "r": 8, "p": 1}  # 128 MB and about half a second a guess
MOST_COST = 2**20  # of a file from elsewhere
BLOCK = 1024 * 1024  # bytes before sealing
TAG = 16
LONGEST_HEADER = 1000
FEWEST_CHARACTERS = 12


class ArchiveError(Refusal):
    """An archive that cannot be read, in the operator's words."""


def header(passphrase: str) -> tuple[bytes, Gcm]:
    """The lines that a new file begins with, and what seals it. Raises ArchiveError where the passphrase is too short."""
    if len(passphrase) < FEWEST_CHARACTERS:
        raise ArchiveError("operations.passphrase_short", fewest=FEWEST_CHARACTERS)
    salt = secrets.token_bytes(16)
    key = _key(passphrase, salt, COST)
    cipher = SM4_GCM if in_force().cryptography == SM else AES_GCM
    said = {"cipher": cipher, "derivation": DERIVATION, **COST, "salt": _text(salt), "check": _text(_check(key, salt))}
    return MAGIC + json.dumps(said).encode() + b"\n", Gcm(cipher, key)


class SealedWriter(io.RawIOBase):
    """Seals what is written into `file`. Only `finish` writes the last block: without it the file counts as cut off."""

    def __init__(self, file: BinaryIO, passphrase: str) -> None:
        head, box = header(passphrase)
        self.file, self.box, self.head, self.number = file, box, head, 0
        self.waiting = bytearray()
        file.write(head)

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.waiting += data
        while len(self.waiting) > BLOCK:
            self._seal(bytes(self.waiting[:BLOCK]), last=False)
            del self.waiting[:BLOCK]
        return len(data)

    def finish(self) -> None:
        self._seal(bytes(self.waiting), last=True)

    def _seal(self, part: bytes, last: bool) -> None:
        sealed = self.box.encrypt(_nonce(self.number, last), part, self.head)
        self.file.write(len(sealed).to_bytes(4, "big") + sealed)
        self.number += 1


class SealedReader(io.RawIOBase):
    """Opens what SealedWriter sealed. Raises ArchiveError where the file is foreign, damaged, cut off, or the
    passphrase another."""

    def __init__(self, file: BinaryIO, passphrase: str) -> None:
        if file.read(len(MAGIC)) != MAGIC:
            raise ArchiveError("operations.archive_foreign")
        line = file.readline(LONGEST_HEADER)
        self.file, self.head, self.number, self.ended = file, MAGIC + line, 0, False
        self.box, self.opened = _box_of(line, passphrase), b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        parts, wanted = [], size if size >= 0 else 1 << 62
        while wanted > 0 and (self.opened or self._next()):
            part, self.opened = self.opened[:wanted], self.opened[wanted:]
            parts.append(part)
            wanted -= len(part)
        return b"".join(parts)

    def _next(self) -> bool:
        """Open the next block; False after the last, behind which nothing may stand."""
        if self.ended:
            return False
        length = self.file.read(4)
        sealed = self.file.read(int.from_bytes(length, "big")) if len(length) == 4 and _fits(length) else b""
        self.ended = not self.file.peek(1) if hasattr(self.file, "peek") else False
        try:
            self.opened = self.box.decrypt(_nonce(self.number, self.ended), sealed, self.head)
        except UnsealableError as error:
            raise ArchiveError("operations.archive_broken", block=self.number + 1) from error
        self.number += 1
        return bool(self.opened) or not self.ended


def _fits(length: bytes) -> bool:
    return TAG <= int.from_bytes(length, "big") <= BLOCK + TAG


def _box_of(line: bytes, passphrase: str) -> Gcm:
    try:
        said = json.loads(line)
        known = said["cipher"] in CIPHERS and said["derivation"] == DERIVATION
        cost = {name: int(said[name]) for name in COST}
        salt, check = b64decode(said["salt"]), b64decode(said["check"])
    except (ValueError, KeyError, TypeError) as error:
        raise ArchiveError("operations.archive_broken", block=0) from error
    if not known or not 1 < cost["n"] <= MOST_COST or cost["r"] > COST["r"] or cost["p"] > COST["p"]:
        raise ArchiveError("operations.archive_unknown_seal")
    try:
        key = _key(passphrase, salt, cost)
    except ValueError as error:
        raise ArchiveError("operations.archive_broken", block=0) from error
    if not same(check, _check(key, salt)):
        raise ArchiveError("operations.passphrase_wrong")
    return Gcm(said["cipher"], key)


def _key(passphrase: str, salt: bytes, cost: dict[str, int]) -> bytes:
    return passphrase_key(passphrase, salt, **cost)


def _check(key: bytes, salt: bytes) -> bytes:
    return mac(key, b"minyi backup check" + salt)[:16]


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def _text(data: bytes) -> str:
    return b64encode(data).decode()
