"""Published results as a folder that any web server can serve: the same bytes under the same addresses as the application's."""

from __future__ import annotations

import os
import re
from pathlib import Path

from flask import current_app
from werkzeug.test import Client

from survey_app.answering.published import PAGES, announced, standing

OURS = ".minyi"  # lists the results that were written
MADE = re.compile(r"/results/(?:[\w-]+/)?[\w-]+\.\w+")
STYLE = re.compile(r'href="(/a/[\w.-]+)"')


def write_results(folder: Path) -> int:
    """Bring the folder up to date, each file at once or not at all; how many were new or changed. Raises OSError.

    Where the application does not serve one of them nothing is written. What was written here before and is published no
    more goes; a file of anybody else's stays.
    """
    client, wanted = Client(current_app.wsgi_app), dict[str, bytes]()
    for address in _addresses():
        body = _served(client, address)
        wanted[address + ("index.html" if address.endswith("/") else "")] = body
        if address.endswith(("/", ".html")):
            wanted |= {style: _served(client, style) for style in STYLE.findall(body.decode()) if style not in wanted}
    changed = sum(_put(folder / address[1:], body) for address, body in wanted.items())
    results = sorted(address for address in wanted if address.startswith("/results/"))
    listed = folder / "results" / OURS
    for gone in listed.read_text().split("\n") if listed.is_file() else []:
        if gone not in results and MADE.fullmatch(gone):
            (folder / gone[1:]).unlink(missing_ok=True)
    _put(listed, "\n".join(results).encode())
    return changed


def _served(client: Client, address: str) -> bytes:
    reply = client.get(address)
    if reply.status_code != 200:
        raise OSError(f"{address}: HTTP {reply.status_code}")
    return reply.get_data()


def _addresses() -> list[str]:
    found = [f"/results/{end}" for end in PAGES.values()]
    for one in map(standing, announced()):
        if one is not None:
            found += [f"/results/{one.code}/{name}" for name in (*PAGES.values(), *one.files)]
    return found


def _put(path: Path, body: bytes) -> bool:
    if path.is_file() and path.read_bytes() == body:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(body)
    os.replace(part, path)
    return True
