"""The translations are compiled when they are missing or differ from their source, and never left out silently."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from babel.support import Translations

from survey_app.ground import catalogues
from survey_app.ground.catalogues import CatalogueError, compile_catalogues


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "en" / "LC_MESSAGES" / "messages.po"
    path.parent.mkdir(parents=True)
    path.write_text('msgid "城市"\nmsgstr "City"\n', encoding="utf-8")
    return path


def english(folder: Path) -> str:
    return str(Translations.load(str(folder), ["en"]).gettext("城市"))


def test_a_missing_catalogue_is_compiled_once(tmp_path, source):
    (made,) = compile_catalogues(tmp_path)
    assert english(tmp_path) == "City"
    first = made.stat()
    compile_catalogues(tmp_path)
    assert made.stat().st_ino == first.st_ino


def test_an_older_source_unpacked_over_a_newer_one_is_compiled_too(tmp_path, source):
    compile_catalogues(tmp_path)
    source.write_text('msgid "城市"\nmsgstr "Town"\n', encoding="utf-8")
    os.utime(source, (1_000_000_000, 1_000_000_000))
    compile_catalogues(tmp_path)
    assert english(tmp_path) == "Town"


def test_without_sources_the_compiled_files_stand_and_nothing_at_all_is_refused(tmp_path, source):
    made = compile_catalogues(tmp_path)
    source.unlink()
    assert compile_catalogues(tmp_path) == made
    made[0].unlink()
    with pytest.raises(CatalogueError, match="Install Minyi again"):
        compile_catalogues(tmp_path)


def test_a_catalogue_that_cannot_be_written_stops_the_start_with_a_sentence(tmp_path, source, monkeypatch):
    def refuse(*_args: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(catalogues.os, "replace", refuse)
    with pytest.raises(CatalogueError, match=r"messages\.mo is missing or older.*make install"):
        compile_catalogues(tmp_path)
