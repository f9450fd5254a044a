"""Write docs/method/readings.md from the data: how unclear rows are read, and how else they could be.

python tools/readings.py       (make docs)
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from analysis.scoring import load_rulebook
from analysis.scoring.readings import Reading, readings_of

FILE = Path(__file__).parents[1] / "docs" / "method" / "readings.md"
BOOKS = ("jining-2023-municipal", "jining-2023-county")
HEAD = """# 条文释读

《济政办字〔2023〕23号》附件留有解释余地之处，Minyi 的读法如下（`analysis/scoring/programmes/jining-2023/readings.yaml`，本页由其生成）。每条都有另一读法；能否选用：
规则，即改变评分规则；填报，即由填报人按所选读法填报；另立，即须另立评分规则。依据（文号、日期、解释单位）由各地在“条文读法”页按周期记录，没有的印为
“无书面解释，按本系统读法”。首个数值核定时读法自动锁定，其摘要写入每张评分表、每批评分和最终评分。
"""


def page() -> str:
    """The whole document."""
    parts = [HEAD]
    for name in BOOKS:
        book, held = load_rulebook(name), readings_of(name)
        assert held is not None
        parts.append(
            f"\n## {book.title}\n\n| 项 | 指标 | 读法 | 另一读法 | 能否选用 | 编号 |\n| --- | --- | --- | --- | --- | --- |\n"
        )
        parts += [
            f"| {row.number} | {row.name} | {one.reads} | {one.alternative} | {_effect(one)} | `{one.id}` |\n"
            for row in book.indicators
            for one in held.of_row(name, row.number)
        ]
        parts += [
            f"| 注 | 星级 | {one.reads} | {one.alternative} | {_effect(one)} | `{one.id}` |\n"
            for one in held.of_book(name)
            if not one.rows[name]
        ]
    return "".join(parts)


def _effect(one: Reading) -> str:
    return "规则" if one.instead else "填报" if one.entered else "另立"


if __name__ == "__main__":
    FILE.write_text(page(), encoding="utf-8")
