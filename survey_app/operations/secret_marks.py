"""A server's secrets against those the data was made with: another one would refuse citizens' answers and open nothing.

The database keeps a fingerprint of each secret, made with the secret itself. One that fits none stops the start; a new
one beside the one before it (`minyi secrets rotate`, or a line more in a variable) is noted as the one in force.
"""

from __future__ import annotations

from sqlalchemy import inspect, select

from survey_app.ground import audit
from survey_app.ground.crypto import mac
from survey_app.ground.settings import MADE, Settings, new_secret
from survey_app.models import SecretMark, db
from wording import Message, Refusal

NAMES = ("secret_key", "password_salt", "totp_key", "text_key")
ROTATED = ("secret_key", "totp_key", "text_key")  # every stored hash of a password hangs on the fourth


class OtherSecretsError(Refusal):
    """Secrets that do not belong to this database, or cannot be changed as asked; says which and what to do."""


def check(settings: Settings) -> None:
    """Raises OtherSecretsError; a file that this process made in place of a missing one goes again. In a context."""
    if not _noted():
        return
    wrong = {name: said for name in NAMES if (said := _wrong(settings, name))}
    for name in wrong:
        path = settings.secret_file(name)
        if path in MADE:
            path.unlink(missing_ok=True)
    if wrong:
        raise OtherSecretsError(next(iter(wrong.values())))


def fitting(settings: Settings) -> bool:
    """Whether all secrets are those of the data."""
    return not _noted() or not any(_wrong(settings, name) for name in NAMES)


def note(settings: Settings) -> None:
    """Write down the secrets in force that the database does not know yet. The caller commits."""
    for name in NAMES:
        mark = fingerprint(name, settings.secret(name))
        if mark not in _marks(name):
            db.session.add(SecretMark(name=name, fingerprint=mark))
            audit.record("secret.note", f"secret:{name}")
            db.session.flush()


def rotate(settings: Settings, name: str) -> None:
    """Put a new secret before the present one in its file. The caller commits. Raises OtherSecretsError."""
    if name not in ROTATED:
        raise OtherSecretsError("operations.secret_not_rotated", name=name)
    if getattr(settings, name):
        raise OtherSecretsError("operations.secret_from_environment", variable=f"MINYI_{name.upper()}")
    made, path = new_secret(), settings.secret_file(name)
    draft = path.with_suffix(".new")
    draft.touch(mode=0o600)
    draft.write_text("\n".join((made, *settings.secrets(name))) + "\n", encoding="ascii")
    draft.replace(path)
    db.session.add(SecretMark(name=name, fingerprint=fingerprint(name, made)))
    audit.record("secret.rotate", f"secret:{name}")


def fingerprint(name: str, secret: str) -> str:
    """Tells one secret from another and gives none away."""
    return mac(secret.encode(), f"minyi fingerprint {name}").hex()[:32]


def _wrong(settings: Settings, name: str) -> Message | None:
    known = _marks(name)
    mine = [fingerprint(name, secret) for secret in settings.secrets(name)]
    if not known or known[-1] in mine:
        return None
    key = "operations.secret_rotated_elsewhere" if mine[0] in known else "operations.secret_of_another"
    return Message(key, name=name, path=settings.secret_file(name))


def _marks(name: str) -> list[str]:
    query = select(SecretMark.fingerprint).where(SecretMark.name == name).order_by(SecretMark.id)
    return list(db.session.scalars(query))


def _noted() -> bool:
    """Whether the tables are of a release that notes secrets."""
    return inspect(db.engine).has_table(SecretMark.__tablename__)
