"""Two nodes behind nginx with one PostgreSQL and one Redis: restarts and upgrades that no phone notices."""

from __future__ import annotations

import os
import random
import subprocess
import tarfile
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_urlsafe
from urllib.parse import quote

import pytest
from itsdangerous import URLSafeSerializer
from sqlalchemy import text

from survey_app.database import alembic_config, upgrade
from survey_app.models import Job, db
from survey_app.models.base import now
from survey_app.people.accounts import create_account
from tests.support.application import absent, application
from tests.support.city import small_city, the_survey
from tests.support.killing import BROKEN, FORM, _ask, _free_port, _rows
from tests.support.people import csrf, token_of
from tests.support.production import ROOT, Node, Phone, nginx, running
from tests.support.stored import this_run
from tests.support.waiting import until

REDIS = os.environ.get("TEST_MINYI_REDIS", "redis://127.0.0.1:6379/9")
BEFORE = os.environ.get("TEST_MINYI_BEFORE", "")  # a revision of git to upgrade from


@dataclass
class Crowd:
    """Phones that answer without pause. statuses: of every reply; receipts: what they were given."""

    port: int
    codes: list[str]
    statuses: Counter[int] = field(default_factory=Counter)
    receipts: list[str] = field(default_factory=list)
    broken: int = 0
    stop: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def answering(self, phones: int = 8) -> Iterator[None]:
        threads = [threading.Thread(target=self._one, args=(number,)) for number in range(phones)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.stop.set()
            for thread in threads:
                thread.join()

    def wait_for(self, more: int) -> None:
        count = len(self.receipts) + more
        until(lambda: len(self.receipts) >= count, "more receipts", 120)

    def _one(self, number: int) -> None:
        choice = random.Random(number)
        while not self.stop.is_set():
            phone, code = Phone(self.port, number), choice.choice(self.codes)
            try:
                page = phone.ask("GET", f"/s/{code}?new=1")
                self.statuses[page.status] += 1
                if page.status != 200:
                    continue
                reply = phone.ask("POST", f"/s/{code}", f"{FORM}&token={quote(token_of(page.body))}")
                self.statuses[reply.status] += 1
                if reply.status == 303:
                    signed = reply.headers["Set-Cookie"].split("minyi_answered=")[1].split(";")[0]
                    self.receipts.append(str(URLSafeSerializer("payload alone").loads_unsafe(signed)[1][0]))
            except BROKEN:
                self.broken += 1
            finally:
                phone.close()


@pytest.fixture
def installation(tmp_path) -> Iterator[tuple[dict[str, str], str]]:
    """The environment of every node, and the address of its database."""
    try:
        from redis import Redis

        Redis.from_url(REDIS).ping()
    except Exception:
        absent("Redis (TEST_MINYI_REDIS)")
    secrets = {f"MINYI_{name}": "only-for-tests" for name in ("PASSWORD_SALT", "TOTP_KEY", "TEXT_KEY")}
    secrets["MINYI_SECRET_KEY"] = token_urlsafe(
        48
    )  # names what is counted, so that tests beside this one count for themselves
    with this_run().on_postgres(small_city) as url:
        yield secrets | {
            "DATABASE_URL": url, "MINYI_LIMITS": REDIS, "MINYI_INSTANCE": str(tmp_path / "instance"),
            "MINYI_TRUSTED_PROXIES": "1", "MINYI_PUBLIC_URL": "https://survey.example", "MINYI_WORKERS": "1",
            "MINYI_RATE_ADDRESS": "100000 per hour", "MINYI_RATE_SITE": "100000 per minute",
        }, url  # fmt: skip


def codes(url: str) -> list[str]:
    return [code for (code,) in _rows(url, "SELECT code FROM site")]


def watched(environment: dict[str, str], **more: object) -> Node:
    """A node that says at a port of its own what it has answered."""
    return Node({**environment, "MINYI_METRICS": f"127.0.0.1:{_free_port()}"}, **more)


def takes_answers(node: Node) -> bool:
    """Whether the proxy has passed it an answer since it started."""
    said = _ask(int(node.environment["MINYI_METRICS"].rpartition(":")[2]), "GET", "/metrics").read().decode()
    return 'minyi_request_seconds_count{route="respondent.answer"' in said


def stored(url: str) -> Counter[str]:
    return Counter(receipt for (receipt,) in _rows(url, "SELECT receipt FROM response"))


def unbroken(crowd: Crowd, url: str) -> str:
    """Every receipt is stored once, and no phone was refused, failed or cut off."""
    kept = stored(url)
    assert [number for number in crowd.receipts if kept[number] != 1] == []
    assert set(crowd.statuses) == {200, 303}, crowd.statuses
    assert crowd.broken == 0
    return f"{len(crowd.receipts)} answers over nginx and two nodes, all acknowledged, stored once, none failed"


@pytest.mark.release
def test_limits_sessions_and_jobs_are_those_of_both_nodes(installation, tmp_path, proves):
    environment, url = installation
    with application(url).app_context():
        password = create_account("eva", "evaluator")
        survey = the_survey().id
        db.session.add_all(
            Job(kind="flags", arguments={"survey": survey}, by="eva", created_at=now()) for _ in range(12)
        )
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    nodes = [Node({**environment, "MINYI_RATE_ADDRESS": "6 per hour"}) for _ in range(2)]
    with running(*nodes), nginx(tmp_path, [node.port for node in nodes]) as port:
        phone = Phone(port, 3)
        code = codes(url)[0]
        assert [phone.answer(code).status for _ in range(9)] == [303] * 6 + [429] * 3
        cookies: dict[str, str] = {}

        def browse(method: str, path: str, body: str | None = None) -> str:
            sent = "; ".join(f"{name}={value}" for name, value in cookies.items())
            reply = phone.ask(method, path, body, Cookie=sent, Referer="https://survey.example/")
            for line in reply.headers.get_all("Set-Cookie") or []:
                name, _, value = line.partition(";")[0].partition("=")
                cookies[name] = value
            return reply.body if reply.status == 200 else str(reply.status)

        token = csrf(browse("GET", "/console/sign-in"))
        form = f"csrf_token={quote(token)}&username=eva&password={quote(password)}"
        assert browse("POST", "/console/sign-in", form) in ("302", "303")
        pages = [browse("GET", "/console/password") for _ in range(4)]  # whichever node is asked
        assert all("csrf_token" in page for page in pages)
        wrong = 0
        for _ in range(14):  # ten wrong passwords for a name from one network, whichever node takes them
            guess = Phone(port, 9)
            page = guess.ask("GET", "/console/sign-in")
            cookie = page.headers["Set-Cookie"].partition(";")[0]
            body = f"csrf_token={quote(csrf(page.body))}&username=eva&password=wrong"
            status = guess.ask(
                "POST", "/console/sign-in", body, Cookie=cookie, Referer="https://survey.example/"
            ).status
            wrong += status == 200
        assert wrong == 10
        until(
            lambda: _rows(url, "SELECT count(*) FROM job WHERE state = 'done' AND kind = 'flags'")[0][0] == 12,
            "the jobs",
        )
        assert set(_rows(url, "SELECT attempts, state FROM job WHERE kind = 'flags'")) == {(1, "done")}
    proves(
        "two nodes with one Redis count as one: 6 of 9 answers from an address, 10 of 14 wrong passwords; one session for "
        "both; twelve jobs, each done once"
    )


@pytest.mark.release
def test_nodes_are_restarted_one_after_the_other_and_no_phone_notices(installation, tmp_path, proves):
    environment, url = installation
    nodes = [watched(environment, arguments=["--collect-only"]) for _ in range(2)]
    with running(*nodes), nginx(tmp_path, [node.port for node in nodes]) as port:
        crowd = Crowd(port, codes(url))
        with crowd.answering():
            for node in (*nodes, *nodes):
                crowd.wait_for(40)
                node.stop()
                crowd.wait_for(20)
                node.start()
                until(lambda node=node: takes_answers(node), "the node among those that are asked")
            crowd.wait_for(40)
    proves(f"four restarts: {unbroken(crowd, url)}")


def git(*arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(ROOT), *arguments], capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def migrations_of(commit: str) -> set[str]:
    return {Path(name).name for name in git("ls-tree", "--name-only", commit, "migrations/versions/").split()}


def the_code_before(folder: Path) -> tuple[Path, str]:
    """The tree of the release before (the newest tag, else the newest commit with fewer of our migrations) and its revision."""
    ours = {path.name for path in (ROOT / "migrations" / "versions").glob("[0-9]*.py")}
    tagged = BEFORE or git("describe", "--tags", "--abbrev=0", "HEAD^")
    earlier = (commit for commit in git("log", "--format=%H", "-2000").split() if set() < migrations_of(commit) < ours)
    before = tagged or next(earlier, "")
    if not before:
        pytest.skip("no history here: nothing tells which code came before the newest migration")
    archive, tree = folder / "before.tar", folder / "before"
    archive.write_bytes(
        subprocess.run(["git", "-C", str(ROOT), "archive", before], capture_output=True, check=True).stdout
    )
    with tarfile.open(archive) as opened:
        opened.extractall(tree, filter="data")
    return tree, max(migrations_of(before)).partition("_")[0]


@pytest.mark.release
def test_the_code_before_serves_on_the_new_tables_beside_the_new_code(installation, tmp_path, proves):
    environment, url = installation
    environment = environment | {"MINYI_LIMITS": "memory://"}  # what is looked at is the tables
    tree, revision = the_code_before(tmp_path)
    with application(url).app_context():
        from alembic import command

        command.downgrade(alembic_config(db.engine), revision)
        db.engine.dispose()
    old = [Node(environment, tree=tree) for _ in range(2)]
    new = [watched(environment, port=node.port) for node in old]
    with running(*old), nginx(tmp_path, [node.port for node in old]) as port:
        crowd = Crowd(port, codes(url))
        with crowd.answering():
            crowd.wait_for(40)
            with application(url).app_context():
                upgrade(db.engine)  # under the feet of the code before
                standing = db.session.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
                db.session.remove()
                db.engine.dispose()
            assert standing > revision
            crowd.wait_for(60)
            for before, after in zip(old, new, strict=True):
                before.stop()
                after.start()
                until(lambda after=after: takes_answers(after), "the new node among those that are asked")
                crowd.wait_for(60)  # the first time: of both releases, side by side
        for node in new:
            node.stop()
    proves(f"from {revision} to {standing} under load, the code before on the new tables: {unbroken(crowd, url)}")
