"""Makes docs/images of the charts that no demonstration page shows: python tools/plots.py (figures are simulated)."""

from __future__ import annotations

import sys
from pathlib import Path

import vl_convert

sys.path.insert(0, str(Path(__file__).parents[1]))
from survey_app.drawing.charts import importance_chart, trend_chart

IMAGES = Path(__file__).parents[1] / "docs" / "images"
WAVES = [
    {"wave": wave, "estimate": value, "lower": value - half, "upper": value + half}
    for wave, value, half in (
        ("2023上", 0.664, 0.024),
        ("2023下", 0.682, 0.022),
        ("2024上", 0.701, 0.021),
        ("2024下", 0.726, 0.018),
    )
]
SERVICES = [
    {"name": name, "performance": performance, "importance": importance}
    for name, performance, importance in (
        ("公交出行", 74, 0.16), ("停车", 51, 0.21), ("政务服务", 81, 0.24), ("看病就医", 63, 0.28),
        ("义务教育", 70, 0.14), ("社区服务", 77, 0.11), ("养老", 58, 0.07),
    )
]  # fmt: skip


def main() -> None:
    charts = {
        "trend": trend_chart(WAVES, {"axis": "满意的比例"}, [0.6, 0.7]),
        "importance": importance_chart(
            SERVICES, (0.173, 67.7), {"importance": "重要性(每分)", "performance": "平均评价(0–100)"}
        ),
    }
    for name, svg in charts.items():
        (IMAGES / f"{name}.png").write_bytes(vl_convert.svg_to_png(svg, scale=1.5))


if __name__ == "__main__":
    main()
