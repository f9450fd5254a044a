"""How long the run will take, told when it starts, and how far it is; the longest files first, so that none is last.

Durations are those of the last run in this folder (pytest's cache), and for a first one those of durations.json, which
`pytest --write-durations` writes anew from the last run.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

ROUGH = Path(__file__).with_name("durations.json")  # seconds of a file, three processes on two cores
KEPT = "minyi/durations"
STARTING = 12.0  # seconds until the first test begins: imports, collection, the processes


class Pace:
    """Seconds of each file, known from an earlier run and measured in this one."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.cache = getattr(config, "cache", None)  # pytest can run without
        rough = json.loads(ROUGH.read_text(encoding="utf-8"))
        self.known: dict[str, float] = rough | (self.cache.get(KEPT, {}) if self.cache else {})
        self.spent: Counter[str] = Counter()
        self.expected: dict[str, float] = {}
        self.told = 0

    @pytest.hookimpl(trylast=True)
    def pytest_sessionstart(self) -> None:
        if _everything(self.config):
            self._tell(f"the whole suite: {self._how_long(self.known)}")

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        order = {name: -self.known.get(name, 1.0) for name in map(_file, (item.nodeid for item in items))}
        if hasattr(self.config, "workerinput"):
            items.sort(key=lambda item: (order[_file(item.nodeid)], _file(item.nodeid)))
        self.begin([item.nodeid for item in items])

    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        if not self.expected:
            self.begin(ids)

    def begin(self, ids: list[str]) -> None:
        self.expected = {name: self.known.get(name, 1.0) for name in map(_file, ids)}
        if not hasattr(self.config, "workerinput") and len(ids) > 1:
            self._tell(f"{len(ids)} tests: {self._how_long(self.expected)}")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.spent[_file(report.nodeid)] += report.duration
        done = sum(min(self.spent[name], seconds) for name, seconds in self.expected.items())
        whole = sum(self.expected.values())  # nothing where all files are as quick as can be told
        tenths = int(10 * done / whole) if whole else 0
        if 10 > tenths > self.told and len(self.expected) > 10:
            self.told = tenths
            left = {name: max(0.0, seconds - self.spent[name]) for name, seconds in self.expected.items()}
            self._tell(f"{10 * tenths} %, {self._how_long(left, starting=0)} left")

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        if self.cache and not hasattr(self.config, "workerinput") and exitstatus in (0, 1) and not _part(self.config):
            measured = {name: round(seconds, 1) for name, seconds in self.spent.items()}
            self.cache.set(KEPT, self.cache.get(KEPT, {}) | measured)
            if self.config.getoption("--write-durations"):
                known = {
                    name: seconds for name, seconds in sorted((self.known | measured).items()) if Path(name).exists()
                }
                ROUGH.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")

    def _how_long(self, files: dict[str, float], starting: float = STARTING) -> str:
        processes = self.config.getoption("numprocesses", None) or 1
        seconds = starting + max(sum(files.values()) / processes, max(files.values(), default=0))
        minutes, rest = divmod(int(seconds / 10 + 0.5) * 10, 60)
        words = f"{minutes} min {rest} s" if minutes else f"{rest or 10} s"
        return f"about {words} with {processes} process{'es' if processes > 1 else ''}"

    def _tell(self, words: str) -> None:
        reporter = self.config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None and not hasattr(self.config, "workerinput"):
            reporter.ensure_newline()
            reporter.write_line(words)
            reporter.flush()


def _file(nodeid: str) -> str:
    return nodeid.split("::", 1)[0]


def _part(config: pytest.Config) -> bool:
    """Whether single tests of a file were chosen: their time says nothing about the file."""
    chosen = config.option.keyword or config.option.markexpr or config.getoption("--release")
    return bool(chosen or any("::" in argument for argument in config.args))


def _everything(config: pytest.Config) -> bool:
    return not _part(config) and config.args in (["tests"], [str(config.rootpath / "tests")])
