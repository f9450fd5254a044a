"""The programs that people open our documents with: LibreOffice, which takes all of them in one call, and pdftotext."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.support.application import absent


def shown(documents: dict[str, bytes], folder: Path) -> dict[str, str]:
    """The text of the pages LibreOffice makes of each document, by its file name; the names differ before the dot."""
    if shutil.which("soffice") is None:
        absent("LibreOffice")
    for name, body in documents.items():
        (folder / name).write_bytes(body)
    profile = f"-env:UserInstallation=file://{folder / 'profile'}"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder)]
    subprocess.run([*command, *(str(folder / name) for name in documents)], check=True, capture_output=True)
    return {name: text_of((folder / name).with_suffix(".pdf").read_bytes()) for name in documents}


def text_of(pdf: bytes) -> str:
    if shutil.which("pdftotext") is None:
        absent("pdftotext")
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode()


def pages_of_pdf(pdf: bytes) -> list[str]:
    """The text of each page."""
    return text_of(pdf).split("\f")[:-1]
