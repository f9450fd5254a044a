"""What is counted for /metrics while requests are answered. No label names a person, an address, a site or a code.

Under `minyi serve` every worker writes into files of one folder (prometheus_client's way for several processes; it looks
for the folder as it is imported, which is when a worker first counts), and whichever is asked adds them up. Elsewhere
the process counts for itself.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from survey_app.ground.web_frame import of_process

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

SECONDS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)  # upper ends of the histogram's steps

TOGETHER = tuple(2**step for step in range(9))  # the same of answers in a transaction


class Metrics:
    """Those of one process."""

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Histogram

        self.registry: CollectorRegistry = CollectorRegistry()
        self.answers = Counter(
            "minyi_answers",
            "Answers sent, by survey and what became of them",
            ["survey", "outcome"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "minyi_request_seconds", "Time until a request was answered, by route and kind of status",
            ["route", "status"], registry=self.registry, buckets=SECONDS,
        )  # fmt: skip
        self.came = cache(self.answers.labels)  # a search and a lock less at every request
        self.timed = cache(self.seconds.labels)
        self.together = Histogram(
            "minyi_answers_together", "Answers that one transaction stored", registry=self.registry, buckets=TOGETHER
        )
        self.limits = Counter(
            "minyi_limits_hit", "Times that a limit was found reached, by limit", ["limit"], registry=self.registry
        )


def metrics() -> Metrics:
    """Those of this process; made when first asked for, so after a server has forked."""
    found: Metrics | None = of_process().get("minyi_metrics")
    if found is None:
        found = of_process().setdefault("minyi_metrics", Metrics())
    return found
