"""Typst, kept ready: one compiler a process, since each would read every font of the machine and keep them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from threading import Lock
from typing import Any

import typst

PICTURES = b"""#let given = json(bytes(sys.inputs.data))
#set page(width: auto, height: auto, margin: 0pt)
#for svg in given.svgs { page(image(bytes(svg), format: "svg", width: given.across * 1pt)) }
"""
KEPT_FOR = 10  # calls for which Typst remembers what it made
_one_at_a_time = Lock()  # a compiler refuses a second call while it works


def typeset(template: bytes, data: Any, **options: Any) -> bytes:
    """The PDF that `template` makes of `data`, which it reads as JSON from `sys.inputs.data`."""
    with _one_at_a_time:
        made = compiler().compile(template, format="pdf", sys_inputs={"data": json.dumps(data)}, **options)
    assert isinstance(made, bytes)  # lists are for pictures of pages
    return made


def pictures(svgs: Sequence[str], across: float, dots: int) -> list[bytes]:
    """Each drawing as PNG, so many points across, with so many dots to the inch. Other ways to it read a Chinese font of many
    megabytes for every label."""
    if not svgs:
        return []
    data = json.dumps({"svgs": svgs, "across": across})
    with _one_at_a_time:
        made = compiler().compile(PICTURES, format="png", ppi=float(dots), sys_inputs={"data": data})
        for _ in range(KEPT_FOR):  # else the dots of ten reports stay, some 30 MB each
            compiler().compile(b"")
    return [page for page in (made if isinstance(made, list) else [made]) if page]


@cache
def compiler() -> typst.Compiler:
    """The one of this process."""
    return typst.Compiler()
