"""Limits: counted in each application, or in Redis by all together; a Redis that fails stops nobody."""

from __future__ import annotations

import logging
import shutil
import socket
import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from threading import Barrier

import pytest

from survey_app.answering import networks
from survey_app.app import create_app
from survey_app.commands.serve import Server
from survey_app.ground import limits
from tests.support.application import SETTINGS, absent, change

TWICE = limits.Bucket("twice", "address", "2 per hour")
OF_SITE = limits.Bucket("of a site", "site", "2 per hour")


class Redis:
    """A server of this test's own that can be stopped and started."""

    def __init__(self, folder) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.folder, self.process = folder, None
        self.start()

    @property
    def address(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", self.folder]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert any("Ready to accept connections" in line for line in self.process.stdout)

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def holds(self) -> str:
        asked = ["redis-cli", "-p", str(self.port), "--raw", "keys", "*"]
        return subprocess.run(asked, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def redis(tmp_path):
    if shutil.which("redis-server") is None:
        absent("redis-server")
    server = Redis(str(tmp_path))
    yield server
    server.stop()


def another(app, store):
    """A second worker of the same installation."""
    return create_app({"SQLALCHEMY_DATABASE_URI": "sqlite://", "SECRET_KEY": app.config["SECRET_KEY"], "LIMITS": store})


def allowed(*one) -> bool:
    """Whether there is room for one more."""
    with limits.Room(one) as room:
        return room.there


def test_a_bucket_has_room_until_its_rate_is_reached_and_each_address_has_its_own(sqlite_app):
    assert [limits.count(TWICE, "203.0.113.7") for _ in range(3)] == [True, True, False]
    assert not allowed(TWICE, "203.0.113.7")
    assert allowed(TWICE, "203.0.113.8")
    assert allowed(OF_SITE, "203.0.113.7")


def test_a_place_that_is_not_kept_is_given_back_in_every_bucket(sqlite_app, redis):
    for store in ("memory://", redis.address):
        with another(sqlite_app, store).app_context():
            assert [allowed(TWICE, "203.0.113.7") for _ in range(5)] == [True] * 5
            with limits.Room((OF_SITE, "a1"), (TWICE, "203.0.113.7")) as room:
                room.keep()
            assert limits.count(OF_SITE, "a1")  # the second and last
            with limits.Room((TWICE, "203.0.113.7"), (OF_SITE, "a1")) as room:
                assert not room.there
            assert limits.count(TWICE, "203.0.113.7")
            assert not allowed(TWICE, "203.0.113.7")


def test_of_many_at_once_in_two_workers_no_more_get_a_place_than_the_rate_says(sqlite_app, redis):
    workers, start = [another(sqlite_app, redis.address) for _ in range(2)], Barrier(50)

    def comes(number: int) -> bool:
        with workers[number % 2].app_context(), limits.Room((TWICE, "203.0.113.7")) as room:
            start.wait()
            room.keep()
            return room.there

    with ThreadPoolExecutor(50) as phones:
        assert sum(phones.map(comes, range(50))) == 2


def grown(address: str, day: date = date(2031, 5, 2), answers: int = 1) -> int:
    """By how many answers the largest network of a site's day has become larger."""
    return networks.grown(7, day, networks.named(7, day, address), answers)


def test_networks_of_a_day_are_counted_by_all_workers_together(sqlite_app, redis):
    """Two networks of thirty answers each are no largest one of sixty."""
    workers = [another(sqlite_app, redis.address) for _ in range(2)]
    grew = 0
    for number in range(60):
        with workers[number % 2 if number < 30 else (number + 1) % 2].app_context():
            grew += grown(f"203.0.113.{number % 2}")
    assert grew == 30
    with workers[0].app_context():
        assert grown("203.0.113.1", date(2031, 5, 3), 4) == 4  # a new day
    assert "203.0.113" not in redis.holds()


def test_many_answers_of_one_network_leave_two_counts(sqlite_app):
    """One for the network and one for the largest, however many answers a hall of one address sends."""
    grew = [grown("203.0.113.1", answers=answers) for answers in (20, 1, 29)]
    assert grew == [20, 1, 29]
    assert [grown("203.0.113.2", answers=answers) for answers in (49, 3)] == [0, 2]
    assert len(limits.counters().memory.storage._kept) == 3


@pytest.mark.parametrize("shared", [True, False])
def test_networks_that_grow_at_the_same_moment_are_counted_once(sqlite_app, request, shared):
    """Twenty networks of a site, which come to 30 answers each: its largest one has 30, whoever looks in between."""
    store = request.getfixturevalue("redis").address if shared else "memory://"
    workers, start = [another(sqlite_app, store) for _ in range(2 if shared else 1)], Barrier(20)
    for worker in workers:  # as a server does before it takes requests
        with worker.app_context():
            limits.counters()

    def comes(number: int) -> list[int]:
        with workers[number % len(workers)].app_context():
            start.wait()
            return [grown(f"203.0.113.{number}", answers=3) for _ in range(10)]

    with ThreadPoolExecutor(20) as several:
        grew = [more for one in several.map(comes, range(20)) for more in one]
    assert (sum(grew), min(grew)) == (30, 0)


def test_an_address_of_ipv6_counts_with_its_network_and_one_of_ipv4_in_either_writing(sqlite_app):
    for last in (1, 2):
        limits.count(TWICE, f"2001:db8:0:7::{last}")
    assert not allowed(TWICE, "2001:db8:0:7:ffff::9")
    assert allowed(TWICE, "2001:db8:0:8::1")
    for written in ("203.0.113.7", "::ffff:203.0.113.7"):
        limits.count(TWICE, written)
    assert not allowed(TWICE, "203.0.113.7")


def test_a_setting_replaces_the_rate_of_its_bucket(sqlite_app):
    change(sqlite_app, rate_site="1 per hour")
    assert [limits.count(limits.ANSWERS_AT_SITE, "a1") for _ in range(2)] == [True, False]


def test_workers_count_apart_in_memory_and_together_in_redis(sqlite_app, redis):
    for store, left in (("memory://", True), (redis.address, False)):
        one, two = another(sqlite_app, store), another(sqlite_app, store)
        with one.app_context():
            assert [limits.count(TWICE, "203.0.113.7") for _ in range(2)] == [True, True]
        with two.app_context():
            assert allowed(TWICE, "203.0.113.7") is left


def test_redis_holds_no_address_no_name_and_nothing_beyond_the_hour(sqlite_app, redis):
    with another(sqlite_app, redis.address).app_context():
        limits.count(TWICE, "203.0.113.7")
        limits.count(limits.PASSWORDS_OF_NAME, "eva")
        limits.count(OF_SITE, "aaa2222")
    held = redis.holds()
    assert len(held.split()) == 3
    assert not any(word in held for word in ("203.0.113", "eva", "aaa2222"))


def test_the_hash_of_an_address_changes_every_day(sqlite_app, monkeypatch):
    class Tomorrow(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime(2031, 5, 2, tzinfo=UTC)

    today = limits.key(TWICE, "203.0.113.7")
    assert limits.key(TWICE, "203.0.113.7") == today
    monkeypatch.setattr(limits, "datetime", Tomorrow)
    assert limits.key(TWICE, "203.0.113.7") != today


def test_a_redis_that_fails_stops_nobody_is_told_once_and_is_used_again_when_it_is_back(
    sqlite_app, redis, caplog, monkeypatch
):
    caplog.set_level(logging.WARNING, "minyi.limits")
    with another(sqlite_app, redis.address).app_context():
        assert limits.count(TWICE, "203.0.113.7")
        redis.stop()
        assert [limits.count(TWICE, "203.0.113.7") for _ in range(3)] == [True, True, False]
        assert ["Redis fails" in record.message for record in caplog.records] == [True]
        redis.start()
        assert not allowed(TWICE, "203.0.113.7")  # for half a minute nobody waits for it
        monkeypatch.setattr(limits.counters(), "_again", 0.0)
        assert allowed(TWICE, "203.0.113.7")
    assert ["Redis is back" in record.message for record in caplog.records] == [False, True]


def test_a_server_has_its_counters_before_the_first_requests_come_together(sqlite_app):
    """The library's own import of Redis is not safe between threads: the first phones of a new worker met 500."""
    served = Server({}, {**SETTINGS, "COLLECT_ONLY": True, "LIMITS": "redis://127.0.0.1:1/0",
                         "SQLALCHEMY_DATABASE_URI": sqlite_app.config["SQLALCHEMY_DATABASE_URI"]}).load()  # fmt: skip
    assert {"minyi_limits", "minyi_metrics"} <= set(served.extensions["minyi_process"])
