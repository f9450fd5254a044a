"""Write the table of settings in docs/operate/operators.md, as the settings themselves declare it.

python tools/settings_table.py       (make docs)
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from survey_app.ground.settings_shown import table

FILE = Path(__file__).parents[1] / "docs" / "operate" / "operators.md"
BEGINS, ENDS = "<!-- settings: written by `make docs` -->\n", "<!-- end of settings -->\n"


def main() -> None:
    FILE.write_text(with_table(FILE.read_text(encoding="utf-8")), encoding="utf-8")


def with_table(document: str) -> str:
    """`document` with the present table between the two marks."""
    before, _, rest = document.partition(BEGINS)
    return before + BEGINS + table() + ENDS + rest.partition(ENDS)[2]


if __name__ == "__main__":
    main()
