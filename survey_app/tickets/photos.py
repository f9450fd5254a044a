"""Photos from strangers: recognised by their content, bounded before they are decoded, and drawn anew.

What is kept is a new JPEG of at most 1,600 pixels: no camera data, no place, no thumbnail, nothing behind the image.
"""

from __future__ import annotations

import io
import threading

MOST_PHOTOS = 3
PHOTO_BYTES = 5 * 1024 * 1024
ALL_BYTES = 16 * 1024 * 1024
JPEG_PIXELS = 64_000_000  # a JPEG is decoded at a fraction of its size, so more fits in the same memory
OTHER_PIXELS = 25_000_000
LONGEST_SIDE = 1600
QUALITY = 82
MEDIA_TYPE = "image/jpeg"
_at_once = threading.BoundedSemaphore(2)  # decoded pictures in memory, whatever the number of threads


class PhotoError(ValueError):
    """A file that is not kept; `key` names the message: photo_large | photo_kind | photo_broken | photo_pixels."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def cleaned(body: bytes) -> bytes:
    """A fresh JPEG of the picture in `body` (JPEG, PNG or WebP, whatever its name said). Raises PhotoError."""
    if len(body) > PHOTO_BYTES:
        raise PhotoError("photo_large")
    with _at_once:
        return _redrawn(body)


def _redrawn(body: bytes) -> bytes:
    from PIL import Image, ImageOps, UnidentifiedImageError  # loaded by the first photo, not by every worker

    try:
        picture = Image.open(io.BytesIO(body), formats=("JPEG", "PNG", "WEBP"))
    except UnidentifiedImageError as error:
        raise PhotoError("photo_kind") from error
    except Image.DecompressionBombError as error:
        raise PhotoError("photo_pixels") from error
    except Exception as error:  # a decoder may stumble in any way over what was made to break it
        raise PhotoError("photo_broken") from error
    if picture.width * picture.height > (JPEG_PIXELS if picture.format == "JPEG" else OTHER_PIXELS):
        raise PhotoError("photo_pixels")
    try:
        picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        upright = ImageOps.exif_transpose(picture)
        upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        ground = Image.new("RGB", upright.size, "white")
        layer = upright.convert("RGBA")
        ground.paste(layer, mask=layer)
        out = io.BytesIO()
        ground.save(out, "JPEG", quality=QUALITY, optimize=True)
    except Exception as error:  # as above
        raise PhotoError("photo_broken") from error
    return out.getvalue()
