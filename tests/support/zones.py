"""The zones of the two Jining rulebooks, for tests of figures that meet them."""

from __future__ import annotations

from analysis.scoring import load_rulebook
from analysis.scoring.programme_files import all_files
from analysis.zones import Rules

ZONES = load_rulebook("jining-2023-municipal").zones
RULES = Rules(ZONES, ZONES)


def odd_text(rulebook: str) -> str:
    """The text of a Jining rulebook with odd lines, odd points and another incident that voids."""
    text = all_files()["jining-2023@1"][f"rulebooks/{rulebook}.yaml"]
    for old, new in (
        (
            "{deduct_below: 0.70, points: -10, void_below: 0.60}",
            "{deduct_below: 0.717, points: -7.3, void_below: 0.613}",
        ),
        ("出现重大网络安全事件", "出现严重数据泄露"),
        ("恰为70%、60%不算低于", "恰在线上不算低于"),
        (f"id: {rulebook}", f"id: odd-{rulebook}"),
    ):
        assert old in text, old
        text = text.replace(old, new)
    return text
