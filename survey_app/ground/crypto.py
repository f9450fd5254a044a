"""All cryptography of the product but passwords and TLS: digests, keyed names, seals, signatures, keys of passphrases.

Whatever is sealed or signed names its algorithm, so that both sorts are read whatever is chosen for new ones:

    gAAAA…           Fernet, whose first byte is its version: AES-128-CBC with HMAC-SHA-256
    sm4.…, aes.…     time, nonce and SM4-GCM or AES-256-GCM, in base64; the latter for what is opened within seconds
    a signature      HMAC as itsdangerous makes it; one that begins with `sm3` is HMAC-SM3
    a backup         its header names cipher and derivation

Digests and keyed names are SHA-256 whatever is chosen: printed codes, numbers and the audit trail follow from them.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from functools import lru_cache
from io import BufferedReader
from typing import Any, TypeVar

from itsdangerous import Serializer
from itsdangerous.signer import SigningAlgorithm

SM = "sm"  # MINYI_CRYPTOGRAPHY: SM3 and SM4 for what is made from now on
SM4, AES = b"sm4.", b"aes."
NONCE, TAG, MOMENT = 12, 16, 8  # bytes
AES_GCM, SM4_GCM = "AES-256-GCM", "SM4-GCM"


class UnsealableError(Exception):
    """Sealed with another key, changed, or too old."""


def digest(data: bytes | str) -> str:
    """SHA-256 in hexadecimal: the name of a content."""
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


def file_digest(file: BufferedReader) -> str:
    """The same of a file, read piece by piece."""
    return hashlib.file_digest(file, "sha256").hexdigest()


def mac(key: bytes, said: bytes | str) -> bytes:
    """HMAC-SHA-256: a name that only the key's holder can make."""
    return _signed(key, said.encode() if isinstance(said, str) else said, "sha256")


def _signed(key: bytes, said: bytes, algorithm: str) -> bytes:
    made = _keyed(key, algorithm).copy()  # half of the work is the key's, and done
    made.update(said)
    return made.digest()


@lru_cache(maxsize=32)
def _keyed(key: bytes, algorithm: str) -> hmac.HMAC:
    return hmac.new(key, digestmod=algorithm)


def same(one: bytes | str, other: bytes | str) -> bool:
    """Whether both are the same, in a time that tells nothing."""
    return hmac.compare_digest(*(each.encode() if isinstance(each, str) else each for each in (one, other)))


class Box:
    """Seals with the first of `keys` by the chosen algorithm, opens with any of them by whichever made it."""

    def __init__(self, keys: Sequence[str], chosen: str) -> None:
        from cryptography.fernet import Fernet, MultiFernet  # loaded where a text is sealed, not by every worker

        self.chosen = chosen
        self.fernet = MultiFernet([Fernet(urlsafe_b64encode(hashlib.sha256(key.encode()).digest())) for key in keys])
        self.gcm = {
            SM4: [Gcm(SM4_GCM, _sm3(key.encode()).digest()) for key in keys],
            AES: [Gcm(AES_GCM, hashlib.sha256(key.encode()).digest()) for key in keys],
        }

    def seal(self, body: bytes, soon: bool = False) -> bytes:
        """`body`, sealed, as ASCII. soon: it is opened within seconds, so no older release needs to; that takes a tenth of the time."""
        if self.chosen != SM and not soon:
            return bytes(self.fernet.encrypt(body))
        by = SM4 if self.chosen == SM else AES
        moment, nonce = int(time.time()).to_bytes(MOMENT, "big"), secrets.token_bytes(NONCE)
        return by + urlsafe_b64encode(moment + nonce + self.gcm[by][0].encrypt(nonce, body, moment))

    def unseal(self, sealed: bytes, seconds: int | None = None) -> bytes:
        """What was sealed, at most `seconds` ago where they are given. Raises UnsealableError."""
        if sealed[:4] in self.gcm:
            return self._by_gcm(sealed, seconds)
        from cryptography.fernet import InvalidToken

        try:
            return bytes(self.fernet.decrypt(sealed, seconds))
        except InvalidToken as error:
            raise UnsealableError from error

    def _by_gcm(self, sealed: bytes, seconds: int | None) -> bytes:
        try:
            whole = urlsafe_b64decode(sealed[4:])
        except ValueError as error:
            raise UnsealableError from error
        moment, nonce, body = whole[:MOMENT], whole[MOMENT : MOMENT + NONCE], whole[MOMENT + NONCE :]
        if seconds is not None and int.from_bytes(moment, "big") + seconds < time.time():
            raise UnsealableError
        for key in self.gcm[sealed[:4]]:
            try:
                return key.decrypt(nonce, body, moment)
            except UnsealableError:
                continue
        raise UnsealableError


class Gcm:
    """Authenticated encryption by the cipher of this name. key: of 32 bytes, of which SM4 takes the first 16."""

    def __init__(self, name: str, key: bytes) -> None:
        from cryptography.hazmat.primitives.ciphers import algorithms
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        self.aes = AESGCM(key[:32]) if name == AES_GCM else None  # by one call; it has none for SM4
        self.sm4: Any = algorithms.SM4(key[:16])

    def encrypt(self, nonce: bytes, body: bytes, beside: bytes) -> bytes:
        """`body` sealed, with its tag behind it; `beside` is bound to it and not in it."""
        if self.aes:
            return self.aes.encrypt(nonce, body, beside)
        made = self._cipher(nonce).encryptor()
        made.authenticate_additional_data(beside)
        return bytes(made.update(body) + made.finalize() + made.tag)

    def decrypt(self, nonce: bytes, sealed: bytes, beside: bytes) -> bytes:
        """What `encrypt` was given. Raises UnsealableError."""
        from cryptography.exceptions import InvalidTag

        try:
            if self.aes:
                return self.aes.decrypt(nonce, sealed, beside)
            opened = self._cipher(nonce, sealed[-TAG:]).decryptor()
            opened.authenticate_additional_data(beside)
            return bytes(opened.update(sealed[:-TAG]) + opened.finalize())
        except (InvalidTag, ValueError) as error:
            raise UnsealableError from error

    def _cipher(self, nonce: bytes, tag: bytes | None = None) -> Any:
        from cryptography.hazmat.primitives.ciphers import Cipher, modes

        return Cipher(self.sm4, modes.GCM(nonce, tag))


def passphrase_key(passphrase: str, salt: bytes, **cost: int) -> bytes:
    """32 bytes by scrypt. Raises ValueError for costs that are none."""
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    return Scrypt(salt=salt, length=32, **cost).derive(passphrase.encode())


def _sm3(data: bytes = b"") -> Any:
    return hashlib.new("sm3", data)


class Sha1Hmac(SigningAlgorithm):
    """The library's own, by one call."""

    def get_signature(self, key: bytes, value: bytes) -> bytes:
        return _signed(key, value, "sha1")


class Sm3Hmac(SigningAlgorithm):
    """HMAC-SM3 with its name before it."""

    def get_signature(self, key: bytes, value: bytes) -> bytes:
        return b"sm3" + hmac.new(key, value, _sm3).digest()


SM3_SIGNER: dict[str, Any] = {"digest_method": _sm3, "algorithm": Sm3Hmac()}
Signing = TypeVar("Signing", bound="Serializer[Any]")


def signing(made: Signing, chosen: str) -> Signing:
    """A serializer that signs by the chosen algorithm and reads what either has signed."""
    usual = made.signer_kwargs
    made.signer_kwargs = SM3_SIGNER if chosen == SM else usual
    made.fallback_signers = [usual if chosen == SM else SM3_SIGNER]
    return made
