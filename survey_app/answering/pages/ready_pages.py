"""A page rendered and compressed once, with places in it: of a site, filled once for each, and of the token, for each citizen."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from markupsafe import escape

_GZIP_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
_GZIP_END = b"\x03\x00"  # a last block, with nothing in it
_SMALL = 100  # bytes; what is shorter is not worth a block of its own


@dataclass(frozen=True)
class Deflated:
    """A part of a page, compressed without what stands before it, up to a byte boundary.

    crc: its checksum; carry: what each bit of the checksum before it becomes by its bytes; length: of the part as it is read.
    """

    data: bytes
    crc: int
    carry: tuple[int, ...]
    length: int

    @classmethod
    def of(cls, part: bytes) -> Deflated:
        compressor = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
        alone = zlib.crc32(part)
        # a checksum is linear in the one before it
        carry = tuple(zlib.crc32(part, 1 << bit) ^ alone for bit in range(32))
        return cls(compressor.compress(part) + compressor.flush(zlib.Z_FULL_FLUSH), alone, carry, len(part))

    def after(self, crc: int) -> int:
        """The checksum of what has `crc` with this part behind it."""
        found = self.crc
        for bit, carried in enumerate(self.carry):
            if crc >> bit & 1:
                found ^= carried
        return found

    def plain(self) -> bytes:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(self.data)


Part: TypeAlias = Deflated | bytes | str


@dataclass(frozen=True)
class SplicedPage:
    """A page in parts: compressed ones, which the pages of many sites share, short ones as they are, and markers of open places."""

    parts: tuple[Part, ...]

    @classmethod
    def split(cls, page: str, *markers: str) -> SplicedPage:
        """Cut `page` wherever one of the markers stands; its places are filled in HTML."""
        parts: list[Part] = []
        for part in re.split(f"({'|'.join(map(re.escape, markers))})", page):
            if part in markers:
                parts.append(part)
            elif part:
                written = part.encode()
                parts.append(written if len(written) < _SMALL else Deflated.of(written))
        return cls(tuple(parts))

    def filled(self, texts: Mapping[str, str]) -> SplicedPage:
        """With the places of these markers filled; the other parts stay the same objects."""
        written = {marker: str(escape(text)).encode() for marker, text in texts.items()}
        parts: list[Part] = []
        for part in self.parts:
            now = written.get(part, part) if isinstance(part, str) else part
            if isinstance(now, bytes) and parts and isinstance(parts[-1], bytes):
                parts[-1] += now
            else:
                parts.append(now)
        return SplicedPage(tuple(parts))

    def plain(self, token: str) -> bytes:
        """For the few phones that take nothing compressed. token: what stands in the place that is open."""
        written = token.encode()
        return b"".join(
            part.plain() if isinstance(part, Deflated) else part if isinstance(part, bytes) else written
            for part in self.parts
        )

    def gzipped(self, token: str) -> bytes:
        """One gzip member: the compressed parts come ready, only short ones and the checksum are computed."""
        written, crc, length, blocks = token.encode(), 0, 0, [_GZIP_HEAD]
        for part in self.parts:
            if isinstance(part, Deflated):
                crc, length = part.after(crc), length + part.length
                blocks.append(part.data)
            else:
                raw = part if isinstance(part, bytes) else written
                crc, length = zlib.crc32(raw, crc), length + len(raw)
                blocks += (struct.pack("<BHH", 0, len(raw), len(raw) ^ 0xFFFF), raw)  # a block that is not compressed
        blocks += (_GZIP_END, struct.pack("<II", crc, length))
        return b"".join(blocks)
