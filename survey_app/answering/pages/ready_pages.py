"""A page rendered and compressed once, with only the token between its halves made anew for each citizen."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

_GZIP_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"


@dataclass(frozen=True)
class SplicedPage:
    """`head` + token + `tail` as bytes; the deflated halves end at byte boundaries, so they can be joined."""

    head: bytes
    tail: bytes
    head_deflated: bytes
    tail_deflated: bytes

    @classmethod
    def split(cls, page: str, marker: str) -> SplicedPage:
        """Cut `page` at its one `marker`."""
        head, tail = (part.encode() for part in page.split(marker))
        return cls(head, tail, _deflate(head, zlib.Z_FULL_FLUSH), _deflate(tail, zlib.Z_FINISH))

    def plain(self, token: str) -> bytes:
        return self.head + token.encode() + self.tail

    def gzipped(self, token: str) -> bytes:
        """One gzip member: both halves come ready, only the token and the checksum are computed."""
        whole = self.plain(token)
        middle = _deflate(token.encode(), zlib.Z_FULL_FLUSH, 1)
        trailer = struct.pack("<II", zlib.crc32(whole), len(whole))
        return b"".join((_GZIP_HEAD, self.head_deflated, middle, self.tail_deflated, trailer))


def _deflate(data: bytes, ending: int, level: int = 9) -> bytes:
    compressor = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    return compressor.compress(data) + compressor.flush(ending)
