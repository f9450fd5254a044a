"""On the terminal of who waits a command tells how far it is and when it will be done; in a pipe or with --json nothing."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest

from survey_app.commands import progress as shown
from survey_app.commands.progress import _Line
from tests.support.city import scored_city
from tests.support.stored import this_run

IMPATIENT = (
    "import sys; from survey_app.commands import progress; progress.QUIET = progress.BETWEEN = 0.02; "
    "from survey_app.cli import main; main()"
)


def test_the_end_is_expected_at_the_speed_so_far_and_the_expectation_counts_down(monkeypatch):
    moment = [100.0]
    monkeypatch.setattr(shown, "monotonic", lambda: moment[0])
    line = _Line("writing")
    line.tell(0, 400, "正在写", "writing")
    moment[0] = 110.0
    line.tell(100, 400, "正在写", "writing")
    assert str(line.said(110.0)) == "writing: 100 of 400, 0:00:10 so far, about 0:00:30 to go"
    assert str(line.said(125.0)) == "writing: 100 of 400, 0:00:25 so far, about 0:00:15 to go"
    line.tell(0, 7, "正在排版", "setting")
    assert str(line.said(112.0)) == "setting… 0:00:12 so far"


@pytest.mark.parametrize(("terminal", "words"), [(True, []), (False, []), (True, ["--json"])])
def test_only_a_terminal_is_told_and_never_with_json(tmp_path, terminal, words):
    this_run().on_sqlite(scored_city, tmp_path / "minyi.sqlite3")
    environment = {**os.environ, "MINYI_INSTANCE": str(tmp_path), "MINYI_BACKUP_PASSPHRASE": "a long enough passphrase"}
    environment.pop("DATABASE_URL", None)
    ours, theirs = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-c", IMPATIENT, "backup", str(tmp_path / "x.minyi"), *words], env=environment, check=True,
        stdout=subprocess.PIPE, stderr=theirs if terminal else subprocess.PIPE,
    )  # fmt: skip
    os.close(theirs)
    told = _all_of(ours).decode() if terminal else done.stderr.decode()
    os.close(ours)
    assert ("so far" in told) == (terminal and not words)
    assert b"so far" not in done.stdout


def _all_of(terminal: int) -> bytes:
    found = b""
    while True:
        try:
            part = os.read(terminal, 4096)
        except OSError:  # nobody writes any more
            return found
        found += part
