"""Put a file away by the digest of its content, and take it out again."""

from __future__ import annotations

import hashlib
from datetime import datetime

from survey_app.models import StoredFile, db
from survey_app.models.base import now


def put(body: bytes, media_type: str, stored_at: datetime | None = None) -> str:
    """Store `body` unless it is there already and give its SHA-256. The caller has checked it, and commits.

    stored_at: what is written down instead of this moment, where the moment would tell too much.
    """
    digest = hashlib.sha256(body).hexdigest()
    if db.session.get(StoredFile, digest) is None:
        db.session.add(
            StoredFile(digest=digest, media_type=media_type, size=len(body), body=body, stored_at=stored_at or now())
        )
        db.session.flush()
    return digest


def take(digest: str) -> StoredFile | None:
    """The file stored under `digest`."""
    return db.session.get(StoredFile, digest)
