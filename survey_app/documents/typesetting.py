"""Typst, kept ready: one compiler a process, since each would read every font of the machine and keep them."""

from __future__ import annotations

import json
from functools import cache
from threading import Lock
from typing import Any

import typst

_one_at_a_time = Lock()  # a compiler refuses a second call while it works


def typeset(template: bytes, data: Any, **options: Any) -> bytes:
    """The PDF that `template` makes of `data`, which it reads as JSON from `sys.inputs.data`."""
    with _one_at_a_time:
        made = compiler().compile(template, format="pdf", sys_inputs={"data": json.dumps(data)}, **options)
    assert isinstance(made, bytes)  # lists are for pictures of pages
    return made


@cache
def compiler() -> typst.Compiler:
    """The one of this process."""
    return typst.Compiler()
