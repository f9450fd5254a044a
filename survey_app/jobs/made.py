"""A file that a job made for the person who asked for it: sealed, kept for a day, handed out by console/made_files.py."""

from __future__ import annotations

from collections.abc import Mapping

from survey_app.ground import audit, keeping

NOUN = "file"  # of such a job's result


def keep_file(
    body: bytes, name: str, media_type: str, survey_id: int, endpoint: str, of: Mapping[str, str | int],
    more: Mapping[str, object] | None = None,
) -> str:  # fmt: skip
    """The result of the job that made it. The caller commits.

    endpoint, of: the page or button that asked for it, and the arguments of its address: who may not open that any more gets no
    file. more: what else may be known of the file.
    """
    note = {"name": name, "type": media_type, "size": len(body), "endpoint": endpoint, "of": dict(of), **(more or {})}
    key = keeping.keep(keeping.PACKAGE, body, by=audit.actor(), survey_id=survey_id, note=note)
    return f"{NOUN}:{keeping.number_of(key)}"
