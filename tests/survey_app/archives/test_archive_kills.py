"""`minyi archive` and an erasure are killed between any two things that they do: no answer is lost or doubled."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, event
from sqlalchemy.engine.default import DefaultDialect

from survey_app import rollup
from survey_app.answering.erasure import is_stored
from survey_app.archives import moving
from survey_app.archives.at_hand import at_hand
from survey_app.archives.moving import tidy
from survey_app.archives.places import archive_of
from survey_app.cli import cli
from survey_app.ground.transaction import transaction
from survey_app.jobs.queue import Silent
from survey_app.models import db
from survey_app.models.base import now
from survey_app.operations import archiving
from tests.support.application import change
from tests.support.city import the_survey
from tests.support.stored import begins_with
from tests.survey_app.archives.test_archives import archived, closed_city, counted, rows

DOES = ((os, "fsync"), (os, "rename"), (os, "replace"), (os, "unlink"), (os, "rmdir"))  # beside statements and commits
KILLED = -signal.SIGKILL


@begins_with(closed_city)
@pytest.mark.parametrize("kills", [2, pytest.param(60, marks=pytest.mark.release)])
def test_whatever_moment_it_is_killed_at_every_answer_is_there_once_and_it_completes(
    app, database_url, tmp_path, monkeypatch, proves, kills
):
    change(app, instance=tmp_path / "instance")
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("MINYI_INSTANCE", str(tmp_path / "instance"))
    code, before, counts = the_survey().code, rows(), counted()
    words = {"": ("archive", code), "--back": ("archive", code, "--back")}
    ways = {way: _ended_after(words[way], tmp_path)[1] for way in words}  # how many moments each has
    dead, cut = 0, {"": 0, "--back": 0}
    for number in range(kills):
        way = "--back" if number % 2 else ""
        at = ways[way] * (number // 2 * 2 + 1) // kills + 1  # spread over all moments; of one, in the middle
        status, moments = _ended_after(words[way], tmp_path, at)
        assert status == KILLED or moments < at, (way, at)  # a run may have a few moments less than the first
        dead += status == KILLED
        survey = the_survey()
        archived = archive_of(survey.id) is not None
        cut[way] += archived == (way == "--back")
        if archived:
            assert archiving.intact(survey).responses == len(before[0])
        with at_hand(survey.id):
            assert rows() == before, (way, at)
        db.session.rollback()
        assert rollup.check(db.engine) == []
        assert status != KILLED or _ended_after(words[way], tmp_path)[0] == (2 if archived != (way == "--back") else 0)
        assert (archive_of(the_survey().id) is None) == (way == "--back")
    assert dead >= kills * 0.9
    assert rows() == before
    assert counted() == counts
    tidy(now() + timedelta(days=2))
    assert [path.name for path in (tmp_path / "instance" / "archives").rglob("*") if path.is_file()] == []
    proves(
        f"minyi archive killed {dead} times on {database_url.partition(':')[0]}, at {ways['']} moments of the way out and "
        f"{ways['--back']} of the way back, before what it did counted in {sum(cut.values())} of them: {len(before[0])} answers, "
        "none lost or doubled, and another run completes it"
    )


@begins_with(closed_city)
@pytest.mark.parametrize("kills", [2, pytest.param(30, marks=pytest.mark.release)])
def test_an_erasure_that_is_killed_is_done_whole_or_not_at_all(app, database_url, tmp_path, monkeypatch, proves, kills):
    change(app, instance=tmp_path / "instance")
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("MINYI_INSTANCE", str(tmp_path / "instance"))
    before = rows()[0]
    folder, there = archived(the_survey()).folder, [row.receipt for row in before]
    flagged, gone, dead = there[:3], [], 0
    seen = _ended_after(("erase", there[3], "--reason", "asked"), tmp_path)[1]
    left = {*there[:3], *there[4:]}
    for number in range(kills):
        erase = ("erase", flagged[0] if flagged else min(left), "--reason", "asked")
        status, _moments = _ended_after(erase, tmp_path, seen * number // kills + 1)
        dead += status == KILLED
        if not is_stored(erase[1]):
            left.discard(erase[1])
            flagged, gone = flagged[1:], [*gone, erase[1]]
        survey = the_survey()
        assert archiving.intact(survey).responses == len(left)
        with at_hand(survey.id):
            assert {row.receipt for row in rows()[0]} == left, seen
        db.session.rollback()
        assert rollup.check(db.engine) == []
    assert dead >= kills * 0.9
    assert _ended_after(("erase", min(left), "--reason", "asked"), tmp_path)[0] == 0
    left.discard(min(left))
    tidy(now() + timedelta(days=2))
    said = b"".join(path.read_bytes() for path in folder.iterdir())
    assert not [receipt for receipt in gone if receipt.encode() in said]
    with transaction():
        archiving.bring_back(the_survey(), Silent())  # holds the rows to their fingerprint
    assert rows()[0] == [row for row in before if row.receipt in left]
    proves(
        f"an erasure of an archived answer killed {dead} times on {database_url.partition(':')[0]}, at {seen} moments: "
        f"done whole {len(gone)} times and else not at all, none of the others lost or doubled"
    )


def _ended_after(words: Sequence[str], folder: Path, at: int = 0) -> tuple[int, int]:
    """The command's exit status, or minus the signal that ended it, and at how many moments it could have been killed.

    at: which of them it is killed at; 0: none.
    """
    db.session.remove()
    db.engine.dispose()
    told = folder / "moments"
    child = os.fork()
    if child == 0:
        moments = _Moments(at)
        moments.count()
        status = CliRunner().invoke(cli, words).exit_code
        told.write_text(str(moments.seen))
        os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), int(told.read_text() if told.exists() else 0)


class _Moments:
    """Before each statement, around each commit, and before whatever is done to files; from where the work begins."""

    def __init__(self, at: int) -> None:
        self.at, self.seen, self.begun = at, 0, False

    def one(self, *_given: object, **_more: object) -> None:
        self.seen += self.begun
        if self.begun and self.seen == self.at:
            os.kill(os.getpid(), signal.SIGKILL)

    def count(self) -> None:
        event.listen(Engine, "before_cursor_execute", self.one)
        for where, name in (*DOES, (DefaultDialect, "do_commit")):
            setattr(where, name, self._around(getattr(where, name), also_after=name == "do_commit"))
        for where, name in ((archiving, "write_files"), (archiving, "bring_back"), (moving, "take_out")):
            setattr(where, name, self._beginning(getattr(where, name)))

    def _around(self, does: Callable[..., object], also_after: bool) -> Callable[..., object]:
        def watched(*given: object, **more: object) -> object:
            self.one()
            done = does(*given, **more)
            if also_after:
                self.one()
            return done

        return watched

    def _beginning(self, does: Callable[..., object]) -> Callable[..., object]:
        def begin(*given: object, **more: object) -> object:
            self.begun = True
            return does(*given, **more)

        return begin
