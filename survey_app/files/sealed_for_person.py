"""Keep something sealed for one person for a short while, under an address nobody can guess."""

from __future__ import annotations

import json
import secrets
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import delete

from survey_app.ground.sealing import seal, unseal
from survey_app.models import Kept, User, db

FORM, PASSWORDS, ACCOUNTS = "form", "passwords", "accounts"
HOURS = {FORM: 24, PASSWORDS: 1, ACCOUNTS: 1}


def keep(user_id: int, purpose: str, content: Any) -> str:
    """Seal `content` for the account and give the token that opens it. The caller commits."""
    forget_old()
    token = secrets.token_urlsafe(24)
    sealed = seal(json.dumps(content, ensure_ascii=False))
    db.session.add(Kept(token=_hash(token), user_id=user_id, purpose=purpose, content=sealed))
    return token


def look(token: str, user: User, purpose: str) -> Any:
    """What was kept for `user` under `token`; None where there is nothing (any more) or it is somebody else's."""
    kept = db.session.get(Kept, _hash(token))
    if kept is None or kept.user_id != user.id or kept.purpose != purpose or kept.created_at < _limit(purpose):
        return None
    return json.loads(unseal(kept.content))


def take(token: str, user: User, purpose: str) -> Any:
    """As `look`, but it is gone afterwards. The caller commits."""
    content = look(token, user, purpose)
    if content is not None:
        db.session.execute(delete(Kept).where(Kept.token == _hash(token)))
    return content


def forget_old() -> None:
    """Delete what nobody came back for. The caller commits."""
    for purpose in HOURS:
        db.session.execute(delete(Kept).where(Kept.purpose == purpose, Kept.created_at < _limit(purpose)))


def _limit(purpose: str) -> datetime:
    return datetime.now(UTC) - timedelta(hours=HOURS[purpose])


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
