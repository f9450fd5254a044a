"""A page rendered and compressed once, with only the token between its halves made anew for each citizen."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

_GZIP_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"


@dataclass(frozen=True)
class SplicedPage:
    """A page as its deflated halves, which end at byte boundaries, so that they can be joined with a token between them.

    The page itself is not kept, so that those of many sites fit a small memory. head_crc, tail_crc: checksums of the halves;
    carry: what each bit of a checksum becomes by the bytes of the tail; length: bytes of both halves.
    """

    head_deflated: bytes
    tail_deflated: bytes
    head_crc: int
    tail_crc: int
    carry: tuple[int, ...]
    length: int

    @classmethod
    def split(cls, page: str, marker: str) -> SplicedPage:
        """Cut `page` at its one `marker`."""
        head, tail = (part.encode() for part in page.split(marker))
        alone = zlib.crc32(tail)
        carry = tuple(
            zlib.crc32(tail, 1 << bit) ^ alone for bit in range(32)
        )  # a checksum is linear in the one before it
        halves = _deflate(head, zlib.Z_FULL_FLUSH), _deflate(tail, zlib.Z_FINISH)
        return cls(*halves, zlib.crc32(head), alone, carry, len(head) + len(tail))

    def plain(self, token: str) -> bytes:
        """For the few phones that take nothing compressed."""
        head, tail = (
            zlib.decompressobj(-zlib.MAX_WBITS).decompress(half) for half in (self.head_deflated, self.tail_deflated)
        )
        return head + token.encode() + tail

    def gzipped(self, token: str) -> bytes:
        """One gzip member: both halves come ready, only the token and the checksum are computed."""
        written = token.encode()
        before, crc = zlib.crc32(written, self.head_crc), self.tail_crc
        for bit, carried in enumerate(self.carry):
            if before >> bit & 1:
                crc ^= carried
        trailer = struct.pack("<II", crc, self.length + len(written))
        middle = struct.pack("<BHH", 0, len(written), len(written) ^ 0xFFFF) + written  # a block that is not compressed
        return b"".join((_GZIP_HEAD, self.head_deflated, middle, self.tail_deflated, trailer))


def _deflate(data: bytes, ending: int) -> bytes:
    compressor = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return compressor.compress(data) + compressor.flush(ending)
