"""A page rendered and compressed once, with places in it: of a site, filled once for each, and of the token, for each citizen. One with
pieces that stand in another order for each is rendered once."""

from __future__ import annotations

import gzip
import re
import secrets
import struct
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from markupsafe import escape

_GZIP_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
_GZIP_END = b"\x03\x00"  # a last block, with nothing in it
_SMALL = 100  # bytes; what is shorter is not worth a block of its own
CUT = secrets.token_hex()  # before each piece that moves, and after the last of a question; in no text


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


@dataclass(frozen=True)
class Moving:
    """The pieces of a question in its own order. places: which of them stands first, second and so on for a seed."""

    pieces: tuple[bytes, ...]
    places: Callable[[str], Sequence[int]]


Part: TypeAlias = Deflated | Moving | bytes | str


@dataclass(frozen=True)
class SplicedPage:
    """A page in parts: compressed ones, which the pages of many sites share, others as they are, and markers of open places."""

    parts: tuple[Part, ...]

    @classmethod
    def split(
        cls, page: str, *markers: str, moving: Sequence[tuple[int, Callable[[str], Sequence[int]]]] = ()
    ) -> SplicedPage:
        """Cut `page` wherever one of the markers stands; its places are filled in HTML. moving: of each question whose pieces
        move, in the page's order, their number and their places; what they stand in is not compressed."""
        cut = re.compile(f"({'|'.join(map(re.escape, markers))})")
        parts: list[Part] = []

        def add(text: str) -> None:
            for part in filter(None, cut.split(text)):
                written = part.encode()
                ready = not moving and len(written) >= _SMALL
                parts.append(part if part in markers else Deflated.of(written) if ready else written)

        texts = iter(page.split(CUT) if moving else [page])
        add(next(texts))
        for number, places in moving:
            parts.append(Moving(tuple(next(texts).encode() for _ in range(number)), places))
            add(next(texts))
        return cls(tuple(parts))

    @property
    def moves(self) -> bool:
        return any(isinstance(part, Moving) for part in self.parts)

    def in_order(self, seed: str) -> SplicedPage:
        """With its pieces where one citizen sees them."""
        if not self.moves:
            return self
        return SplicedPage(tuple(
            b"".join(part.pieces[at] for at in part.places(seed)) if isinstance(part, Moving) else part
            for part in self.parts
        ))  # fmt: skip

    def filled(self, texts: Mapping[str, str]) -> SplicedPage:
        """With the places of these markers filled; the other parts stay the same objects."""
        written = {marker: str(escape(text)).encode() for marker, text in texts.items()}
        parts: list[Part] = []
        for part in self.parts:
            now = written.get(part, part) if isinstance(part, str) else part
            last = parts[-1] if parts else None
            if isinstance(now, bytes) and isinstance(last, bytes) and max(len(now), len(last)) < _SMALL:
                parts[-1] = last + now
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
        """One gzip member: the compressed parts come ready, only short ones and the checksum are computed. A page in an order of its
        own has none, and is compressed now."""
        if not any(isinstance(part, Deflated) for part in self.parts):
            return gzip.compress(self.plain(token), 6, mtime=0)
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
