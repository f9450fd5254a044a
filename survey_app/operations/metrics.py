"""What a watchman asks regularly: /metrics in Prometheus' format, for who holds the token or asks at the port for it.

Counters are those of all workers of this server; jobs and flags are read from the database that all servers share.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, request
from sqlalchemy import func, select

from survey_app.ground.crypto import same
from survey_app.ground.metrics import metrics
from survey_app.ground.settings import in_force
from survey_app.ground.web_frame import of_process
from survey_app.models import Job, ResponseFlag, Survey, db
from survey_app.models import Response as Answer
from survey_app.operations import health

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment
    from prometheus_client import Metric

ASKED_EVERY = 15.0  # seconds for which what the database said is kept
OWN = ("/metrics", "/livez", "/readyz")  # all that is answered at the port for it
bp = Blueprint("metrics", __name__)


@bp.get("/metrics")
def page() -> Response:
    """Everything that is counted; nobody learns that there is such a page without the token."""
    if not (_is_port(str((request.server or ("", ""))[1]), in_force().metrics) or _token()):
        abort(404)
    from prometheus_client import CollectorRegistry
    from prometheus_client.exposition import choose_encoder
    from prometheus_client.multiprocess import MultiProcessCollector

    counted = CollectorRegistry()
    try:
        MultiProcessCollector(counted)  # type: ignore[no-untyped-call]
    except ValueError:  # no folder: this process counts for itself
        counted = metrics().registry
    stated = CollectorRegistry()
    stated.register(_Stated())
    encode, content_type = choose_encoder(request.headers.get("Accept", ""))
    return Response(encode(counted) + encode(stated), content_type=content_type)


def alone_there(app: WSGIApplication, where: str) -> WSGIApplication:
    """`app`, of which the port of `where` (address:port) shows what is for watchmen and nothing else."""

    def dispatch(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if _is_port(environ.get("SERVER_PORT", ""), where) and environ.get("PATH_INFO") not in OWN:
            start_response("404 NOT FOUND", [("Content-Type", "text/plain")])
            return [b"only " + " ".join(OWN).encode()]
        return app(environ, start_response)

    return dispatch


def _is_port(port: str, where: str) -> bool:
    """Whether `port`, which took the connection whatever the request says of itself, is that of `where`."""
    return bool(where) and port == where.rpartition(":")[2]


def _token() -> bool:
    token = in_force().metrics_token
    return bool(token) and same(request.headers.get("Authorization", ""), f"Bearer {token}")


class _Stated:
    """What is so now, of which any server tells the same: the queue, the flags, what a balancer is told."""

    def collect(self) -> Iterable[Metric]:
        kept: tuple[float, list[Metric]] = of_process().get("minyi_stated", (0.0, []))
        until, found = kept
        if time.monotonic() >= until:
            found = [*_ready(), *_jobs(), *_flags()]
            of_process()["minyi_stated"] = (time.monotonic() + ASKED_EVERY, found)
        return found


def _gauge(name: str, words: str, labels: Iterable[str], rows: Iterable[tuple[Iterable[str], float]]) -> Metric:
    from prometheus_client.core import GaugeMetricFamily

    found = GaugeMetricFamily(name, words, labels=list(labels))
    for values, number in rows:
        found.add_metric(list(values), number)
    return found


def _ready() -> Iterable[Metric]:
    rows = [([what], float(said == "ok")) for what, said in (health.checks() | health.archives()).items()]
    yield _gauge("minyi_ready", "1 where /readyz says ok, by what is looked at", ["check"], rows)


def _jobs() -> Iterable[Metric]:
    counted = db.session.execute(select(Job.kind, Job.state, func.count()).group_by(Job.kind, Job.state))
    rows = [([kind, state], float(number)) for kind, state, number in counted]
    yield _gauge("minyi_jobs", "Background jobs, by kind and state", ["kind", "state"], rows)
    oldest = db.session.scalar(select(func.min(Job.created_at)).where(Job.state == "queued"))
    waited = (datetime.now(UTC) - oldest).total_seconds() if oldest else 0.0
    yield _gauge("minyi_jobs_oldest_queued_seconds", "How long the oldest queued job waits", [], [([], waited)])
    left = select(func.count()).where(Job.state == "running", Job.lease_until < datetime.now(UTC))
    lost = float(db.session.scalar(left) or 0)
    yield _gauge("minyi_jobs_lease_run_out", "Running jobs whose worker is gone", [], [([], lost)])


def _flags() -> Iterable[Metric]:
    counted = db.session.execute(
        select(Survey.code, ResponseFlag.kind, func.count())
        .join(Answer, Answer.id == ResponseFlag.response_id)
        .join(Survey, Survey.id == Answer.survey_id)
        .where(ResponseFlag.lifted_at.is_(None))
        .group_by(Survey.code, ResponseFlag.kind)
    )
    rows = [([survey, kind], float(number)) for survey, kind, number in counted]
    yield _gauge("minyi_flags", "Flags that stand, by survey and kind", ["survey", "kind"], rows)
