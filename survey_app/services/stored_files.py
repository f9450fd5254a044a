"""Put a file away by the digest of its content, and take it out again."""

from __future__ import annotations

import hashlib

from survey_app.models import StoredFile, db


def put(body: bytes, media_type: str) -> str:
    """Store `body` unless it is there already and give its SHA-256. The caller has checked it, and commits."""
    digest = hashlib.sha256(body).hexdigest()
    if db.session.get(StoredFile, digest) is None:
        db.session.add(StoredFile(digest=digest, media_type=media_type, size=len(body), body=body))
        db.session.flush()
    return digest


def take(digest: str) -> StoredFile | None:
    """The file stored under `digest`."""
    return db.session.get(StoredFile, digest)
