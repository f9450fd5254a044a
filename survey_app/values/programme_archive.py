"""A programme as one file: read within bounds, whole or not at all, and written with the digest of what it holds."""

from __future__ import annotations

import io
import re
import stat
import zipfile
from collections.abc import Iterable
from pathlib import Path

from analysis.scoring.programme_files import MANIFEST, Files, digest_of_files
from definitions import digest
from wording import Refusal

MOST_FILES = 60
MOST_BYTES = 4 * 1024 * 1024  # of all files, unpacked
MOST_PACKED = 4 * 1024 * 1024
DIGESTS = "DIGESTS"  # one line a file, as sha256sum writes it, and one of the whole, whose path is '.'
_LEFT_BY_SYSTEMS = re.compile(r"(^|/)(__MACOSX/|\.DS_Store$|Thumbs\.db$)")


class ArchiveError(Refusal):
    """A file that holds no programme, in the user's words; nothing was stored."""


def archive(texts: Files) -> bytes:
    """The programme's files and their digests; the same files give the same bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for path, text in [*sorted(texts.items()), (DIGESTS, _digests(texts))]:
            file.writestr(zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0)), text.encode(), zipfile.ZIP_DEFLATED)
    return made.getvalue()


def opened(source: Path) -> dict[str, str]:
    """The files of a folder or an archive. Raises ArchiveError."""
    try:
        if source.is_dir():
            paths = [path for path in sorted(source.rglob("*")) if path.is_file()]
            return _texts((path.relative_to(source).as_posix(), path.read_bytes()) for path in paths[: MOST_FILES + 1])
        return from_archive(source.read_bytes())
    except OSError as error:
        raise ArchiveError("programmes.no_file", path=str(source)) from error


def from_archive(data: bytes) -> dict[str, str]:
    """The files of an archive, path -> text; a folder around them all is left out. Raises ArchiveError."""
    if len(data) > MOST_PACKED:
        raise ArchiveError("programmes.too_large", most=MOST_PACKED // 1024**2)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            return _texts(_parts(file))
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError, ValueError, OSError) as error:
        if isinstance(error, Refusal):
            raise
        raise ArchiveError("programmes.no_archive") from error
    except Exception as error:  # zlib's and lzma's errors of damaged data have no common class
        raise ArchiveError("programmes.no_archive") from error


def _parts(file: zipfile.ZipFile) -> Iterable[tuple[str, bytes]]:
    left = MOST_BYTES
    for entry in file.infolist():
        if entry.is_dir() or _LEFT_BY_SYSTEMS.search(entry.filename):
            continue
        if entry.flag_bits & 1:
            raise ArchiveError("programmes.locked", name=entry.filename)
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise ArchiveError("programmes.leads_outside", name=entry.filename)
        with file.open(entry) as stream:  # what the archive says of sizes is not believed
            body = stream.read(left + 1)
        left -= len(body)
        if left < 0:
            raise ArchiveError("programmes.too_large", most=MOST_BYTES // 1024**2)
        yield entry.filename, body


def _texts(parts: Iterable[tuple[str, bytes]]) -> dict[str, str]:
    found: dict[str, str] = {}
    left = MOST_BYTES
    for path, body in parts:
        left -= len(body)
        if len(found) >= MOST_FILES or left < 0:
            raise ArchiveError("programmes.too_large", most=MOST_BYTES // 1024**2)
        if path.startswith("/") or "\\" in path or ":" in path or ".." in path.split("/"):
            raise ArchiveError("programmes.leads_outside", name=path)
        if path in found:
            raise ArchiveError("programmes.twice", name=path)
        try:
            found[path] = body.decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            raise ArchiveError("programmes.not_utf8", name=path) from error
    return _proved(_unwrapped(found))


def _unwrapped(found: dict[str, str]) -> dict[str, str]:
    tops = {path.partition("/")[0] for path in found}
    inside = len(tops) == 1 and all("/" in path for path in found)
    texts = {path.partition("/")[2] if inside else path: text for path, text in found.items()}
    if MANIFEST not in texts:
        raise ArchiveError("programmes.file_missing", file=MANIFEST)
    return texts


def _proved(texts: dict[str, str]) -> dict[str, str]:
    """Without its list of digests, which fits."""
    stated = texts.pop(DIGESTS, None)
    if stated is not None:
        listed, present = _by_path(stated), _by_path(_digests(texts))
        for path in sorted(listed.keys() - present.keys()):
            raise ArchiveError("programmes.file_missing", file=path)
        for path in sorted(present.keys(), reverse=True):  # a file before the whole
            if listed.get(path) != present.get(path):
                raise ArchiveError("programmes.digest_differs", name=path)
    return texts


def _by_path(lines: str) -> dict[str, str]:
    parts = (line.partition("  ") for line in lines.splitlines())
    return {path: stated for stated, _, path in parts if path}


def _digests(texts: Files) -> str:
    lines = [f"{digest(texts[path])}  {path}\n" for path in sorted(texts)]
    return "".join([*lines, f"{digest_of_files(texts)}  .\n"])
