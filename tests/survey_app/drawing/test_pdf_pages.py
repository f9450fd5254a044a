"""Many pages in one PDF: rendered and read as a phone and a person would."""

from __future__ import annotations

import io
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor

import zxingcpp
from PIL import Image

from survey_app.drawing.marks import line, qr_path
from survey_app.drawing.pdf_pages import pages_pdf
from tests.support.application import absent

BASE = "https://minyi.example.cn/s/"


def content(name: str) -> str:
    return qr_path(BASE + name, 150, 200, 300) + line(300, 100, 20, f"调查点 {name} <&>", 500)


def rendered(pdf: bytes, *command: str) -> bytes:
    if not shutil.which(command[0]):
        absent("poppler-utils, to render a PDF")
    return subprocess.run(command, input=pdf, check=True, capture_output=True).stdout


def test_every_page_has_its_own_code_and_words_on_a4_and_in_order():
    names = ["aaa2222", "bbb3333", "ccc4444"]
    pdf = pages_pdf(content(name) for name in names)
    assert pdf.count(b"MediaBox[0 0 595 842]") == len(names)
    words = rendered(pdf, "pdftotext", "-", "-").decode()
    for number, (name, text) in enumerate(zip(names, words.split("\f"), strict=False), 1):
        assert text.strip() == f"调查点 {name} <&>"
        page = rendered(pdf, "pdftoppm", "-png", "-r", "100", "-f", str(number), "-l", str(number), "-")
        assert [found.text for found in zxingcpp.read_barcodes(Image.open(io.BytesIO(page)))] == [BASE + name]


def test_pages_asked_for_at_once_wait_for_each_other():
    with ThreadPoolExecutor(4) as threads:
        drawn = list(threads.map(lambda name: pages_pdf([content(name)]), "abcd"))
    assert all(pdf.startswith(b"%PDF") for pdf in drawn)
