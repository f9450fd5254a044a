"""A closed survey's answers go into Parquet and back; what counts, verifies and erases answers does not notice."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import func, select, text

from survey_app import rollup
from survey_app.answering.erasure import NoSuchReceiptError, erase, erase_survey, expired, is_stored, stored
from survey_app.archives import moving, parquet
from survey_app.archives.at_hand import at_hand, read_only
from survey_app.archives.places import ArchivedError, Manifest, archive_of, place_of
from survey_app.estimates.archived_cells import compared
from survey_app.estimates.runs import make_run, verify_run
from survey_app.fieldwork.flag_counts import flag_counts
from survey_app.ground import audit
from survey_app.ground.stored import cells_of
from survey_app.ground.transaction import transaction
from survey_app.jobs.queue import Silent
from survey_app.models import (
    AnswersImport,
    ArchivedCount,
    EstimateRun,
    Response,
    ResponseCount,
    ResponseFlag,
    Survey,
    db,
)
from survey_app.operations import archiving
from survey_app.responses.data_files import write_responses
from survey_app.responses.flags import FlagError, flag_responses
from tests.support.application import change
from tests.support.city import answered_city, the_survey
from tests.support.stored import begins_with


def closed_city() -> None:
    """A survey with answers, some from another tool's file, flags and an estimate, that has closed."""
    survey = answered_city(40)
    file = AnswersImport(survey_id=survey.id, collector="问卷星", file="a.csv", digest="d", by="甲", counts={})
    db.session.add(file)
    db.session.flush()
    for response in db.session.scalars(select(Response).order_by(Response.id.desc()).limit(5)):
        response.import_id = file.id
    first = db.session.scalars(select(Response).order_by(Response.id).limit(3)).all()
    for response in first:
        response.flagged = True
        db.session.add(ResponseFlag(response_id=response.id, kind="person", zh="存疑", en="doubtful", made_by="甲"))
    db.session.add(ResponseFlag(response_id=first[0].id, kind="burst", zh="集中", en="burst", made_by="batch"))
    db.session.flush()
    make_run(survey, Silent())
    survey.state = "closed"
    db.session.commit()


@pytest.fixture
def survey(app, tmp_path) -> Survey:
    change(app, instance=tmp_path / "instance")
    return the_survey()


def rows() -> list[list[tuple[object, ...]]]:
    """All rows of the three tables, as the database has them."""
    names = [table.name for table in parquet.tables()]
    return [db.session.execute(select(db.metadata.tables[name]).order_by(text("id"))).all() for name in names]  # type: ignore[misc]


def counted() -> list[tuple[object, ...]]:
    names = [getattr(ResponseCount, name) for name in (*rollup.KEY, *rollup.VALUES)]
    query = select(*names).where(ResponseCount.number > 0)
    return sorted((tuple(row) for row in db.session.execute(query)), key=str)


def archived(survey: Survey) -> archiving.Moved:
    return moved_to(survey, None)


def moved_to(survey: Survey, folder: Path | None) -> archiving.Moved:
    with transaction():
        written = archiving.write_files(survey, folder, Silent())
    with transaction():
        return archiving.move(survey, written, Silent())


def brought_back(survey: Survey) -> archiving.Moved:
    with transaction():
        return archiving.bring_back(survey, Silent())


@begins_with(closed_city)
def test_every_row_goes_into_files_for_their_owner_alone_and_comes_back_as_it_was(survey):
    before, counts = rows(), counted()
    assert [len(table) for table in before] == [before_rows := len(before[0]), 0, 4]
    db.session.rollback()
    moved = archived(survey)
    assert moved.responses == before_rows
    assert [len(table) for table in rows()] == [0, 0, 0]
    assert counted() == counts
    assert rollup.check(db.engine) == []
    assert survey.state == "archived"
    names = sorted(path.name.partition("-")[0] for path in moved.folder.iterdir())
    assert names == ["manifest.json", "receipts", "response", "response_flag"]
    assert {path.stat().st_mode & 0o777 for path in moved.folder.iterdir()} == {0o600}
    assert moved.folder.stat().st_mode & 0o777 == 0o700
    said = json.loads((moved.folder / "manifest.json").read_text())
    assert (said["schema"], said["tables"]["response"]["rows"]) == (1, before_rows)
    db.session.rollback()
    back = brought_back(survey)
    assert back.fingerprint == moved.fingerprint
    assert rows() == before
    assert db.session.scalar(select(func.count(Response.import_id))) == 5
    assert counted() == counts
    assert rollup.check(db.engine) == []
    assert not moved.folder.exists()
    assert [entry.action for entry in audit.newest(2)] == ["survey.archive_back", "survey.archive"]


@begins_with(closed_city)
def test_estimates_files_and_verification_are_the_same_from_the_archive(survey, tmp_path):
    run = db.session.scalars(select(EstimateRun)).one()
    cells, result, verified = cells_of(run), run.result, verify_run(run)
    write_responses(survey, tmp_path / "before.csv")
    site_ids = [site.id for site in survey.sites]
    flags = flag_counts(survey, site_ids, 3)
    db.session.rollback()
    archived(survey)
    assert verify_run(run) == verified
    assert verified["same"]
    assert verified["responses_now"] == verified["responses_then"]
    again = make_run(survey, Silent())
    assert cells_of(again)["count"] == cells["count"]
    assert cells_of(again)["weight"] == pytest.approx(cells["weight"], rel=1e-12, abs=0)
    assert again.result["satisfied"] == result["satisfied"]
    assert again.watermark == run.watermark
    db.session.rollback()
    write_responses(survey, tmp_path / "after.csv")
    assert _sorted(tmp_path / "after.csv") == _sorted(tmp_path / "before.csv")
    with at_hand(survey.id):
        assert flag_counts(survey, site_ids, 33) == flags
    assert db.session.scalar(select(func.count()).select_from(Response)) == 0


def _sorted(path):
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    site = lines[0].split(",").index("psu")
    return sorted([cell for at, cell in enumerate(line.split(",")) if at != site] for line in lines)


@begins_with(closed_city)
def test_duckdb_makes_the_same_cells_of_the_files_as_the_database(survey):
    archived(survey)
    same = compared(survey, archive_of(survey.id), "duckdb")
    assert same.responses == sum(cells_of(db.session.scalars(select(EstimateRun)).one())["count"])
    assert same.cells == len(cells_of(db.session.scalars(select(EstimateRun)).one())["count"]) == 10
    assert same.differing == 0
    assert same.furthest <= 1e-12


@begins_with(closed_city)
def test_a_receipt_is_found_and_its_answer_erased_from_every_file(survey):
    receipt, number, flagged = db.session.execute(
        select(Response.receipt, Response.id, Response.finished_at).order_by(Response.id).limit(1)
    ).one()
    other = db.session.scalars(select(Response.receipt).order_by(Response.id.desc()).limit(1)).one()
    db.session.rollback()
    moved = archived(survey)
    kept = {path.name for path in moved.folder.iterdir()}
    assert stored(receipt).id == number
    assert stored(receipt).finished_at == flagged
    assert is_stored(receipt)
    assert not is_stored("ZZZZZZZZZZZZ")
    assert read_only(number).receipt == receipt
    assert erase(receipt, "citizen") == survey.code
    assert {path.name for path in moved.folder.iterdir()} > kept  # the answer goes with the commit
    db.session.commit()
    assert not is_stored(receipt)
    assert stored(receipt) is None
    assert is_stored(other)
    assert not any(receipt.encode() in path.read_bytes() for path in moved.folder.iterdir())
    assert len({path.name for path in moved.folder.iterdir()} & kept) == 1  # the manifest, under its name
    assert archiving.intact(survey).responses == moved.responses - 1
    assert rollup.check(db.engine) == []
    assert sum(row.number for row in db.session.scalars(select(ResponseCount))) == moved.responses - 1
    assert audit.newest(1)[0].action == "response.erase"
    db.session.rollback()
    brought_back(survey)
    assert db.session.scalar(select(func.count()).select_from(ResponseFlag)) == 2
    assert db.session.get(Response, number) is None


@begins_with(closed_city)
def test_a_file_written_anew_has_every_other_row_and_one_without_rows_is_none(survey, monkeypatch):
    monkeypatch.setattr(parquet, "AT_ONCE", 2)
    monkeypatch.setattr(parquet, "A_FILE", 4)
    monkeypatch.setattr(moving, "AT_ONCE", 2)
    flags = {row.response_id: row for row in rows()[2]}
    before, files = rows()[0], set[str]()
    db.session.rollback()
    archived(survey)
    for gone, row in enumerate(before[:5], start=1):
        erase(row.receipt, "citizen")
        db.session.commit()
        manifest = Manifest.of(archive_of(survey.id))
        files |= {part.name for part in manifest.files}
        assert [part.rows for part in manifest.files if not part.rows] == []
        for table, own in manifest.tables.items():
            place = place_of(survey.code, "")
            read = [row for batch in parquet.read_rows(db.metadata.tables[table], own, place) for row in batch]
            assert (len(read), f"{parquet.fingerprint(read):064x}") == (own.rows, own.fingerprint)
        assert {path.name for path in place.iterdir()} == {part.name for part in manifest.files} | {"manifest.json"}
        assert manifest.responses == len(before) - gone
    db.session.rollback()
    brought_back(survey)
    assert rows()[0] == before[5:]
    assert {row.response_id for row in rows()[2]} == flags.keys() - {row.id for row in before[:5]} == set()


@begins_with(closed_city)
def test_of_erasures_at_once_each_is_done_and_one_answer_is_erased_once(app, survey):
    chosen = list(db.session.scalars(select(Response.receipt).order_by(Response.id).limit(3)))
    db.session.rollback()
    moved, together = archived(survey), Barrier(4)
    db.session.remove()

    def erased(receipt: str) -> bool:
        with app.app_context():
            assert stored(receipt) is not None
            together.wait()
            try:
                with transaction():
                    erase(receipt, "citizen")
            except NoSuchReceiptError:
                return False
            return True

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(erased, [*chosen, chosen[0]]))
    assert sorted(done) == [False, True, True, True]
    assert [is_stored(receipt) for receipt in chosen] == [False] * 3
    assert archiving.intact(the_survey()).responses == moved.responses - 3
    assert rollup.check(db.engine) == []
    db.session.rollback()
    assert brought_back(the_survey()).responses == db.session.scalar(select(func.count()).select_from(Response))


@begins_with(closed_city)
def test_an_erasure_that_is_taken_back_leaves_the_archive_whole(survey):
    receipt = db.session.scalars(select(Response.receipt).limit(1)).one()
    db.session.rollback()
    moved = archived(survey)
    erase(receipt, "citizen")
    db.session.rollback()
    assert stored(receipt) is not None
    assert archiving.intact(survey) == moved
    assert rollup.check(db.engine) == []


@begins_with(closed_city)
@pytest.mark.parametrize("at", ["write_rows", "write_receipts", "leave", "settle"])
def test_what_is_cut_off_leaves_either_state_whole_and_starting_again_goes_on(survey, monkeypatch, at):
    before = rows()
    db.session.rollback()

    def killed(*_given: object, **_more: object) -> None:
        raise OSError("the disk is gone")

    with monkeypatch.context() as patch:
        patch.setattr(archiving if at == "leave" else moving, at, killed)
        with nullcontext() if at == "settle" else pytest.raises(OSError, match="gone"):
            archived(survey)
    db.session.rollback()
    if at != "settle":
        assert rows() == before
        assert archive_of(survey.id) is None
        db.session.rollback()
        archived(survey)
    assert archiving.intact(survey).responses == len(before[0])
    assert rollup.check(db.engine) == []
    brought_back(survey)
    assert rows() == before


@begins_with(closed_city)
def test_an_answer_that_changes_while_files_are_written_stops_the_move(survey, monkeypatch):
    flag = db.session.scalars(select(ResponseFlag.id).limit(1)).one()
    write = moving.write_receipts

    def meanwhile(*given):
        db.session.get_one(ResponseFlag, flag).lifted_by = "乙"
        db.session.commit()
        return write(*given)

    monkeypatch.setattr(moving, "write_receipts", meanwhile)
    with pytest.raises(ArchivedError, match="changed meanwhile"):
        archived(survey)
    assert archive_of(survey.id) is None
    assert db.session.scalar(select(func.count()).select_from(Response)) > 0


@begins_with(closed_city)
def test_an_answer_in_the_place_of_another_stops_the_move_and_none_is_lost(survey):
    with transaction():
        written = archiving.write_files(survey, None, Silent())
    last = db.session.scalars(select(Response).order_by(Response.id.desc()).limit(1)).one()
    values = {column.name: getattr(last, column.name) for column in Response.__table__.columns if column.name != "id"}
    with transaction():
        db.session.delete(last)
        db.session.flush()
        db.session.add(Response(**values | {"receipt": "NEW", "submission_key": "new"}))
    with pytest.raises(ArchivedError, match="changed meanwhile"), transaction():
        archiving.move(survey, written, Silent())
    assert db.session.scalars(select(Response.receipt).where(Response.receipt == "NEW")).one()
    assert rollup.check(db.engine) == []


@begins_with(closed_city)
def test_of_two_moves_at_once_one_is_refused_and_the_others_files_stay(survey):
    with transaction():
        first = archiving.write_files(survey, None, Silent())
    with transaction():
        second = archiving.write_files(survey, None, Silent())
    with transaction():
        moved = archiving.move(survey, first, Silent())
    with pytest.raises(ArchivedError, match="moved already"), transaction():
        archiving.move(survey, second, Silent())
    assert archiving.intact(survey) == moved


@begins_with(closed_city)
def test_files_go_with_the_commit_and_not_with_a_savepoint(survey):
    receipt = db.session.scalars(select(Response.receipt).limit(1)).one()
    db.session.rollback()
    moved = archived(survey)
    erase(receipt, "citizen")
    with db.session.begin_nested():
        pass
    db.session.rollback()
    assert archiving.intact(survey) == moved
    with db.session.begin_nested() as taken_back:
        erase(receipt, "citizen")
        taken_back.rollback()
    db.session.commit()
    assert archiving.intact(survey) == moved


@begins_with(closed_city)
def test_an_altered_or_missing_file_gives_a_sentence_and_nothing_is_computed(survey):
    run = db.session.scalars(select(EstimateRun)).one()
    moved = archived(survey)
    file = next(moved.folder.glob("response-*.parquet"))
    whole = file.read_bytes()
    file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    for asked in (lambda: verify_run(run), lambda: make_run(survey, Silent()), lambda: archiving.intact(survey),
                  lambda: brought_back(survey)):  # fmt: skip
        with pytest.raises(ArchivedError, match="was altered"):
            asked()
        db.session.rollback()
    file.unlink()
    with pytest.raises(ArchivedError, match="is not there"):
        verify_run(run)
    db.session.rollback()
    file.write_bytes(whole)
    assert verify_run(run)["same"]


@begins_with(closed_city)
def test_archived_answers_are_only_read_and_numbers_are_given_once(survey):
    last = db.session.scalar(select(func.max(Response.id)))
    db.session.rollback()
    archived(survey)
    with at_hand(survey.id):
        response = db.session.get(Response, last)
        response.flagged = True
        with pytest.raises(ArchivedError, match="can be read and taken back"):
            db.session.flush()
    db.session.rollback()
    with pytest.raises(FlagError):
        flag_responses(survey)
    copy = read_only(last)
    values = {column.name: getattr(copy, column.name) for column in Response.__table__.columns if column.name != "id"}
    new = Response(**values | {"receipt": "NEW", "submission_key": "new"})
    db.session.add(new)
    db.session.flush()
    assert new.id > last


@begins_with(closed_city)
def test_a_time_that_is_over_deletes_the_files_too(survey):
    survey.closes_at = survey.opens_at
    db.session.commit()
    moved = archived(survey)
    assert expired(1)[0][1] == moved.responses
    assert erase_survey(survey, "retention") == moved.responses
    db.session.commit()
    assert not moved.folder.exists()
    assert archive_of(survey.id) is None
    assert db.session.scalar(select(func.count()).select_from(ArchivedCount)) == 0
    assert counted() == []


@begins_with(closed_city)
def test_what_may_still_change_is_not_moved(survey):
    def refusal() -> str:
        with pytest.raises(ArchivedError) as found:
            archived(survey)
        db.session.rollback()
        return str(found.value)

    survey.state = "open"
    db.session.commit()
    assert "has not closed" in refusal()
    survey.state = "closed"
    db.session.scalars(select(Response).limit(1)).one().state = "quarantined"
    db.session.commit()
    assert "in quarantine" in refusal()
    db.session.execute(text("DELETE FROM estimate_run"))
    db.session.commit()
    assert "no estimate yet" in refusal()


@begins_with(closed_city)
def test_what_is_read_after_the_archive_was_at_hand_is_the_database_alone(survey):
    archived(survey)
    everything = select(func.count()).select_from(Response)
    with at_hand(survey.id):
        number = db.session.scalar(everything)
        db.session.rollback()  # takes the views with it
        assert db.session.scalar(everything) == number > 0
    assert db.session.scalar(everything) == 0
    db.session.execute(text("UPDATE response SET flagged = flagged"))  # a table again
