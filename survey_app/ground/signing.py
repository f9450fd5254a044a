"""Signed texts, and the key that names are made with. A new secret signs, the ones before it still verify."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import orjson
from flask import current_app
from itsdangerous import Signer, URLSafeSerializer, URLSafeTimedSerializer
from itsdangerous.encoding import base64_encode

from survey_app.ground.crypto import Sha1Hmac, signing
from survey_app.ground.settings import in_force


class _Lasting(Signer):
    """Derives each key once."""

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **{"algorithm": Sha1Hmac(), **more})
        self._derived: dict[Any, bytes] = {}

    def derive_key(self, secret_key: str | bytes | None = None) -> bytes:
        if secret_key not in self._derived:
            self._derived[secret_key] = super().derive_key(secret_key)
        return self._derived[secret_key]


class Short(URLSafeSerializer):
    """Signs the same with one signer, and without the try to make it shorter: what a respondent carries is too short for that."""

    default_signer = _Lasting

    def make_signer(self, salt: str | bytes | None = None) -> Signer:
        return self._lasting if salt in (None, self.salt) else super().make_signer(salt)

    @cached_property
    def _lasting(self) -> Signer:
        return super().make_signer()

    def dump_payload(self, obj: Any) -> bytes:
        return base64_encode(orjson.dumps(obj))


def signer(salt: str) -> URLSafeSerializer:
    """What signs texts of one purpose and reads them again. Made once an application: a respondent's page needs it."""
    made: URLSafeSerializer = _kept(salt, Short)
    return made


def timed_signer(salt: str) -> URLSafeTimedSerializer:
    """The same for texts that end after a while."""
    made: URLSafeTimedSerializer = _kept(salt, URLSafeTimedSerializer)
    return made


def naming_key() -> bytes:
    """The installation's first secret. Codes, numbers and labels follow from it, so that they outlive its successors."""
    kept: dict[str, bytes] = current_app.extensions.setdefault("minyi_naming", {})
    if "key" not in kept:
        kept["key"] = in_force().secrets("secret_key")[-1].encode()
    return kept["key"]


def _kept(salt: str, kind: type[Any]) -> Any:
    kept: dict[str, Any] = current_app.extensions.setdefault("minyi_signers", {})
    if salt not in kept:
        oldest_first = list(reversed(in_force().secrets("secret_key")))
        kept[salt] = signing(kind(oldest_first, salt=salt), in_force().cryptography)
    return kept[salt]
