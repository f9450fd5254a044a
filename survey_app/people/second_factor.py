"""The second factor: codes of an authenticator app that count once, and recovery codes that are kept as hashes."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_security import MfRecoveryCodesUtil, tf_code_confirmed, tf_disabled, tf_profile_changed
from flask_security.totp import Totp

from survey_app.ground import audit
from survey_app.ground.crypto import mac
from survey_app.ground.settings import in_force
from survey_app.models import User, db
from survey_app.people.forget import forget_second_factor


class CodesThatCountOnce(Totp):
    """A code that was taken is not taken again, though its half minute has not passed (RFC 6238, section 5.2)."""

    def get_last_counter(self, user: Any) -> int | None:
        counter: int | None = user.tf_last_counter
        return counter

    def set_last_counter(self, user: Any, match: Any) -> None:
        user.tf_last_counter = match.counter


class HashedRecoveryCodes(MfRecoveryCodesUtil):
    """Recovery codes are shown when they are made; afterwards only their keyed hashes are here."""

    def setup_cryptor(self, keys: list[bytes]) -> None:
        """Nothing is ever decrypted."""

    def get_recovery_codes(self, user: Any) -> list[str]:
        return []

    def _encrypt_codes(self, codes: list[str]) -> list[str]:
        return [hashed(code) for code in codes]

    def check_recovery_code(self, user: Any, code: str) -> bool:
        return bool(hashes(code) & set(user.mf_recovery_codes or []))

    def delete_recovery_code(self, user: Any, code: str) -> bool:
        user.mf_recovery_codes = [kept for kept in user.mf_recovery_codes or [] if kept not in hashes(code)]
        audit.record("factor.recovery_used", f"account:{user.username}", after={"left": len(user.mf_recovery_codes)})
        return True

    def create_recovery_codes(self, user: Any) -> list[str]:
        codes: list[str] = super().create_recovery_codes(user)
        audit.record("factor.recovery_made", f"account:{user.username}", after={"codes": len(codes)})
        return codes


def hashed(code: str) -> str:
    """A recovery code as it is stored; spaces and capitals do not matter."""
    return _hashed(code, in_force().secret("totp_key"))


def hashes(code: str) -> set[str]:
    """What may be stored of a code: under the key of now, or one before it."""
    return {_hashed(code, key) for key in in_force().secrets("totp_key")}


def _hashed(code: str, key: str) -> str:
    plain = "".join(code.split()).casefold()
    return mac(key.encode(), plain).hex()


def watch_second_factor(app: Flask) -> None:
    """Changes of a second factor are written down; one taken away takes its recovery codes along."""
    tf_profile_changed.connect(_set, app)
    tf_code_confirmed.connect(_confirmed, app)
    tf_disabled.connect(_off, app)


def _set(_app: Flask, user: User, **_details: Any) -> None:
    audit.record("factor.set", f"account:{user.username}")


def _confirmed(_app: Flask, user: User, **_details: Any) -> None:
    """At every sign-in with a code; only the first one, made during the sign-in, is news."""
    if "tf_totp_secret" in db.inspect(user).committed_state:
        audit.record("factor.set", f"account:{user.username}")


def _off(_app: Flask, user: User, **_details: Any) -> None:
    forget_second_factor(user)
    audit.record("factor.off", f"account:{user.username}")
