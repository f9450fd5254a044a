"""The table of what is done for security names tests that are there, and every heading has one."""

from __future__ import annotations

import re

from tests.test_links import ROOT

DOCUMENT = (ROOT / "docs" / "operate" / "threats.md").read_text(encoding="utf-8")
HEADINGS = {"identity", "access", "audit", "input", "secrets", "sessions", "files", "backup", "residual data"}


def test_every_heading_has_a_test_and_every_named_test_is_there():
    table = DOCUMENT.partition("## What is done")[2].partition("\n## ")[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines() if line.startswith("|")
    ]
    rows = [row for row in rows if row[0] not in ("heading", "---")]
    assert {row[0] for row in rows} == HEADINGS
    named = {row[0] + row[1]: re.findall(r"`(test_\w+)`", row[2]) for row in rows}
    assert all(named.values())
    there = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    missing = [name for names in named.values() for name in names if f"def {name}(" not in there]
    assert missing == []
