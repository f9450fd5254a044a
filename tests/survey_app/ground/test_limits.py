"""Limits: counted in each application, or in Redis by all together; a Redis that fails stops nobody."""

from __future__ import annotations

import logging
import shutil
import socket
import subprocess
from datetime import UTC, datetime

import pytest

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


def test_a_bucket_has_room_until_its_rate_is_reached_and_each_address_has_its_own(sqlite_app):
    assert [limits.count(TWICE, "203.0.113.7") for _ in range(3)] == [True, True, False]
    assert not limits.allowed(TWICE, "203.0.113.7")
    assert limits.allowed(TWICE, "203.0.113.8")
    assert limits.allowed(OF_SITE, "203.0.113.7")


def test_asking_counts_nothing(sqlite_app):
    assert [limits.allowed(TWICE, "203.0.113.7") for _ in range(5)] == [True] * 5


def test_an_address_of_ipv6_counts_with_its_network_and_one_of_ipv4_in_either_writing(sqlite_app):
    for last in (1, 2):
        limits.count(TWICE, f"2001:db8:0:7::{last}")
    assert not limits.allowed(TWICE, "2001:db8:0:7:ffff::9")
    assert limits.allowed(TWICE, "2001:db8:0:8::1")
    for written in ("203.0.113.7", "::ffff:203.0.113.7"):
        limits.count(TWICE, written)
    assert not limits.allowed(TWICE, "203.0.113.7")


def test_a_setting_replaces_the_rate_of_its_bucket(sqlite_app):
    change(sqlite_app, rate_site="1 per hour")
    assert [limits.count(limits.ANSWERS_AT_SITE, "a1") for _ in range(2)] == [True, False]


def test_workers_count_apart_in_memory_and_together_in_redis(sqlite_app, redis):
    for store, left in (("memory://", True), (redis.address, False)):
        one, two = another(sqlite_app, store), another(sqlite_app, store)
        with one.app_context():
            assert [limits.count(TWICE, "203.0.113.7") for _ in range(2)] == [True, True]
        with two.app_context():
            assert limits.allowed(TWICE, "203.0.113.7") is left


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

    today = limits._key(TWICE, "203.0.113.7")
    assert limits._key(TWICE, "203.0.113.7") == today
    monkeypatch.setattr(limits, "datetime", Tomorrow)
    assert limits._key(TWICE, "203.0.113.7") != today


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
        assert not limits.allowed(TWICE, "203.0.113.7")  # for half a minute nobody waits for it
        monkeypatch.setattr(limits.counters(), "_again", 0.0)
        assert limits.allowed(TWICE, "203.0.113.7")
    assert ["Redis is back" in record.message for record in caplog.records] == [False, True]


def test_a_server_has_its_counters_before_the_first_requests_come_together(sqlite_app):
    """The library's own import of Redis is not safe between threads: the first phones of a new worker met 500."""
    served = Server({}, {**SETTINGS, "COLLECT_ONLY": True, "LIMITS": "redis://127.0.0.1:1/0",
                         "SQLALCHEMY_DATABASE_URI": sqlite_app.config["SQLALCHEMY_DATABASE_URI"]}).load()  # fmt: skip
    assert {"minyi_limits", "minyi_metrics"} <= set(served.extensions["minyi_process"])
