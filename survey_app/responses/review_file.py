"""The file for review: of every response when, where, how and how fast it came, with its flags; no answers, and a reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from survey_app.archives.at_hand import reads_answers
from survey_app.ground import audit
from survey_app.models import Response, ResponseFlag, Site, Survey, db
from survey_app.responses.data_files import ResponseFileError, write_rows
from survey_app.responses.process import seconds_taken
from survey_app.responses.rows import BATCH
from survey_app.responses.variables import Variable
from survey_app.responses.written import Style

COLUMNS = {
    "number": ("编号", "Number"), "started": ("开始", "Started"), "finished": ("完成", "Finished"),
    "seconds": ("用时(秒)", "Seconds taken"), "county": ("所在单元", "Unit"), "site": ("调查点编码", "Site code"),
    "site_name": ("调查点", "Site"), "mode": ("作答方式", "Mode"), "language": ("语言", "Language"), "state": ("状态", "State"),
    "sample": ("抽样应答", "Sample response"), "flags": ("成立的标记", "Standing flags"), "lifted": ("已解除的标记", "Lifted flags"),
}  # fmt: skip
NUMERIC = ("number", "seconds", "sample")


@reads_answers
def write_review(survey: Survey, out: Path, reason: str, language: str = "zh") -> int:
    """Write the file and put down in the audit trail who took it and why; gives the number of responses. The caller commits.

    Raises ResponseFileError, also without a reason.
    """
    if not reason.strip():
        raise ResponseFileError("responses.reason_needed")
    columns = [
        Variable(name, words[language == "en"], "number" if name in NUMERIC else "word")
        for name, words in COLUMNS.items()
    ]
    number = write_rows(_rows(survey), columns, out, Style(survey.title, language)).rows
    audit.record("response.review_file", f"survey:{survey.code}", after={"responses": number}, reason=reason.strip())
    return number


def _rows(survey: Survey) -> Iterator[list[Any]]:
    zone = ZoneInfo(survey.time_zone)
    sites = {site.id: site for site in db.session.scalars(select(Site).where(Site.survey_id == survey.id))}
    last = 0
    while True:
        query = select(
            Response.id, Response.started_at, Response.finished_at, Response.site_county, Response.site_id, Response.mode,
            Response.language, Response.state, Response.probability, Response.flagged,
        ).where(Response.survey_id == survey.id, Response.id > last)  # fmt: skip
        batch = db.session.execute(query.order_by(Response.id).limit(BATCH)).all()
        if not batch:
            return
        flags = _flags(batch[0].id, batch[-1].id)
        last = batch[-1].id
        for row in batch:
            started, finished = (moment.astimezone(zone) for moment in (row.started_at, row.finished_at))
            yield [
                row.id, f"{started:%Y-%m-%d %H:%M:%S}", f"{finished:%Y-%m-%d %H:%M:%S}", seconds_taken(row), row.site_county,
                sites[row.site_id].code, sites[row.site_id].name, row.mode, row.language, row.state,
                int(row.probability), " ".join(flags[row.id, True]), " ".join(flags[row.id, False]),
            ]  # fmt: skip


def _flags(first: int, last: int) -> dict[tuple[int, bool], list[str]]:
    """(response, whether it stands) -> kinds, of responses first to last."""
    found: defaultdict[tuple[int, bool], list[str]] = defaultdict(list)
    query = select(ResponseFlag.response_id, ResponseFlag.kind, ResponseFlag.lifted_at)
    rows = db.session.execute(query.where(ResponseFlag.response_id.between(first, last)).order_by(ResponseFlag.id))
    for row in rows:
        found[row.response_id, row.lifted_at is None].append(row.kind)
    return found
