"""What proves a release: tests over a minute, run by `make release` alone, and the block it prints for the notes."""

from __future__ import annotations

import os
import platform
import subprocess
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

PROVED = "proved"


def choose(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With `--release` the tests marked `release` or `longer`, without it all but those marked `release`.

    Those marked `checks` (the console's journeys in the browser, axe over every page, the other language, long
    simulations, Spark, the wheel) run where every page is looked at: in .ci/run.
    """
    if config.getoption("--release"):
        kept = [item for item in items if item.get_closest_marker("release") or item.get_closest_marker("longer")]
    else:
        left = ("release",) if os.environ.get("TEST_MINYI_EVERY_PAGE") == "1" else ("release", "checks")
        kept = [item for item in items if not any(item.get_closest_marker(name) for name in left)]
    if len(kept) < len(items):
        chosen = set(kept)
        config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
        items[:] = kept


def tell(reporter: pytest.TerminalReporter) -> None:
    """The block: each sentence with its time, under the state of the tree and the machine."""
    commit = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False)
    version = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    reporter.section(f"What proves release {version}", sep="=")
    reporter.write_line(
        f"{commit.stdout.strip() or 'no commit'} on {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, "
        f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}"
    )
    for report in reporter.stats.get("passed", []) + reporter.stats.get("failed", []):
        if report.when == "call":
            said = [value for name, value in report.user_properties if name == PROVED] or [report.nodeid]
            reporter.write_line(f"{report.outcome:<7} {report.duration:6.0f} s  {'; '.join(map(str, said))}")
