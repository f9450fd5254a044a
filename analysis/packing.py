"""Number tables inside a JSON document: compressed bytes as text, exact to the last bit."""

from __future__ import annotations

import base64
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.documents.kept import Packed


def pack(array: NDArray[Any]) -> Packed:
    """{"dtype", "shape", "data"}: little-endian bytes of the array in C order, deflated, in base64."""
    flat = np.ascontiguousarray(array)
    if flat.dtype.byteorder == ">":
        flat = flat.astype(flat.dtype.newbyteorder("<"))
    data = base64.b64encode(zlib.compress(flat.tobytes(), 6)).decode("ascii")
    return {"dtype": flat.dtype.newbyteorder("<").str, "shape": list(flat.shape), "data": data}


def unpack(document: Packed) -> NDArray[Any]:
    """The array that `pack` was given."""
    flat = np.frombuffer(zlib.decompress(base64.b64decode(document["data"])), dtype=np.dtype(document["dtype"]))
    return flat.reshape(document["shape"]).copy()


def smallest(counts: NDArray[np.int64]) -> NDArray[Any]:
    """The same counts in the narrowest unsigned type that holds them."""
    largest = int(counts.max(initial=0))
    width = next(kind for kind in (np.uint8, np.uint16, np.uint32, np.uint64) if largest <= np.iinfo(kind).max)
    return counts.astype(width)
