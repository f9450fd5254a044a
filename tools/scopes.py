"""Write docs/use/what-counts.md from the data: what counts for each row, and what is divided by what.

python tools/scopes.py       (make docs)
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from analysis.scoring import load_rulebook
from analysis.scoring.rulebook import Indicator

FILE = Path(__file__).parents[1] / "docs" / "use" / "what-counts.md"
BOOKS = ("jining-2023-municipal", "jining-2023-county")
HEAD = """# 计入范围 · What counts

填报前请看：每项指标的分子、分母是什么，什么计入、什么不计。文字为本系统的短句，每句都出自文件同一行的指标释义和注；文件没有说明的行不在此列，不另作解释。
同样的文字也在填报页、填报表和 `minyi rulebook show` 里。

What each share divides by what, what counts and what does not, in short words of our own; every sentence is said by the definition or a note
of that row of the document, and a row on which it is silent has none. The same words stand on the page where a value is entered, in its workbook and in `minyi rulebook show`.
Made from `analysis/scoring/programmes/jining-2023/scopes.yaml` by `make docs`.
"""


def page() -> str:
    """The whole document."""
    parts = [HEAD]
    for name in BOOKS:
        book = load_rulebook(name)
        parts.append(f"\n## {book.title}\n")
        parts += [_row(row) for row in book.indicators if row.scope or any(metric.ratio for metric in row.metrics)]
    return "".join(parts)


def _row(row: Indicator) -> str:
    ratios = "".join(f"- {metric.name} = {metric.ratio}\n" for metric in row.metrics if metric.ratio)
    scope = "".join(f"\n{text}\n" for text in (row.scope, row.scope_en) if text)
    return f"\n### {row.number} {row.name}\n\n{row.citation}\n{scope}{chr(10) + ratios if ratios else ''}"


if __name__ == "__main__":
    FILE.write_text(page(), encoding="utf-8")
