"""All posters in the background: progress by site, one file kept, a survey without sites refused."""

from __future__ import annotations

import io
import zipfile

import pytest
from sqlalchemy import func, select

from survey_app.fieldwork.jobs import newest_zip
from survey_app.jobs.queue import enqueue
from survey_app.models import Job, StoredFile, db
from tests.support.application import change
from tests.support.city import small_city
from wording import of_column


@pytest.fixture
def survey(sqlite_app):
    change(sqlite_app, jobs="inline")
    return small_city()


def test_the_zip_that_was_drawn_last_is_kept_and_the_earlier_one_is_not(survey):
    first = enqueue("posters", {"survey": survey.id, "base": "https://one.example.cn"}, "mia")
    assert (first.state, first.done, first.of) == ("done", 3, 3)
    survey.sites[2].active = False
    db.session.commit()
    enqueue("posters", {"survey": survey.id, "base": "https://two.example.cn"}, "mia")
    assert newest_zip(survey, "https://one.example.cn") is None
    made, file = newest_zip(survey, "https://two.example.cn")
    assert made.id != first.id
    assert len(zipfile.ZipFile(io.BytesIO(file.body)).namelist()) == 2
    assert db.session.scalar(select(func.count()).select_from(StoredFile)) == 1


def test_without_a_site_there_is_nothing_to_draw(survey):
    for site in survey.sites:
        site.active = False
    db.session.commit()
    failed = enqueue("posters", {"survey": survey.id, "base": "https://one.example.cn"}, "mia")
    assert (failed.state, "no sites" in str(of_column(failed.error))) == ("failed", True)
    assert db.session.scalar(select(func.count(Job.id))) == 1
