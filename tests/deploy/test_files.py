"""Each file of deploy/ is exercised as far as this machine can; docs/operate/deploy.md lists what was not."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from survey_app.ground.settings import read
from tests.support.application import absent
from tests.support.killing import _ask, _free_port, stored_city
from tests.support.production import DEPLOY, NAME, ROOT, Node, Phone, certificate, running
from tests.support.waiting import until

UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
READ_ONLY = """
set -e
mount --make-rprivate /
for writable in {state} {logs}; do mount --bind $writable $writable; done
mount -t tmpfs -o mode=1777 tmpfs {temporary}
mount -o remount,bind,ro /
cd {state}
exec setpriv --reuid 10001 --regid 10001 --clear-groups --inh-caps=-all --bounding-set=-all --no-new-privs {program}
"""


def container_file() -> str:
    return (DEPLOY / "container" / "Containerfile").read_text()


def test_every_image_has_a_version_and_no_file_names_a_mirror():
    compose = YAML(typ="safe").load((DEPLOY / "container" / "compose.yaml").read_text())
    images = [service["image"] for service in compose["services"].values()]
    images = [image for image in images if image != "minyi"] + re.findall(r"BASE=(\S+)", container_file())
    assert len(images) == 4
    assert all(re.fullmatch(r"[a-z]+:\d+\.\d+(\.\d+)?-\w+", image) for image in images), images
    for path in DEPLOY.rglob("*.*"):
        hosts = set(re.findall(r"https?://([\w.-]+)", path.read_text())) - {NAME, "127.0.0.1", "minyi", "$host"}
        assert not hosts, (path, hosts)


def test_the_containers_run_as_nobody_in_particular_on_a_root_that_cannot_be_written():
    compose = YAML(typ="safe").load((DEPLOY / "container" / "compose.yaml").read_text())
    for name in ("node-a", "node-b", "jobs"):
        service = compose["services"][name]
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"]), name
        settings = {
            key: re.sub(r"\$\{(\w+):\?\}", "https://x.example", value) for key, value in service["environment"].items()
        }
        settings["DATABASE_URL"] = "postgresql://minyi:x@database/minyi"
        assert read(environment=settings).wrong == ()
    text = container_file()
    assert re.search(r"^USER (?!0|root)\d+:\d+$", text, re.MULTILINE)
    assert re.search(r"^HEALTHCHECK ", text, re.MULTILINE)
    for source in re.findall(r"^COPY (?!--from)(\S+) ", text, re.MULTILINE):
        assert (ROOT / source).exists(), source


def test_the_example_of_settings_is_read_without_a_doubt():
    lines = [line for line in (DEPLOY / "minyi.env").read_text().splitlines() if line and not line.startswith("#")]
    reading = read(environment=dict(line.split("=", 1) for line in lines))
    assert (reading.wrong, reading.doubts) == ((), ())


def test_the_units_stand_before_systemd(tmp_path):
    if shutil.which("systemd-analyze") is None:
        absent("systemd-analyze")
    program = tmp_path / "minyi"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    for unit in UNITS:
        here = tmp_path / unit.name.replace("@", "@8000")
        here.write_text(unit.read_text().replace("/opt/minyi/bin/minyi", str(program)))
        said = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", str(here)], capture_output=True, text=True, check=False
        )
        ours = [line for line in said.stderr.splitlines() if str(here) in line or here.name in line]
        assert (said.returncode, ours) == (0, []), said.stderr
        weighed = ["systemd-analyze", "security", "--offline=yes", "--threshold=25", "--no-pager", str(here)]
        said = subprocess.run(weighed, capture_output=True, text=True, check=False)
        assert said.returncode == 0, said.stdout[-300:]


@pytest.mark.release
def test_caddy_passes_each_phones_address_and_nobodys_word(tmp_path, proves):
    if shutil.which("caddy") is None:
        absent("caddy")
    certificate(tmp_path)
    code = stored_city(f"sqlite:///{tmp_path / 'minyi.sqlite3'}")[0]
    node = Node({
        "MINYI_INSTANCE": str(tmp_path), "MINYI_TRUSTED_PROXIES": "1", "MINYI_RATE_ADDRESS": "3 per hour",
        "MINYI_WORKERS": "1",
    }, ["--collect-only"])  # fmt: skip
    port, site = _free_port(), (DEPLOY / "caddy" / "Caddyfile").read_text()
    for ours, here in (
        (f"{NAME} {{", f"{NAME}:{port} {{\n\tbind 127.0.0.1"), ("/etc/ssl/minyi/", f"{tmp_path}/"),
        ("127.0.0.1:8000 127.0.0.1:8001", f"127.0.0.1:{node.port}"),
    ):  # fmt: skip
        assert ours in site, ours
        site = site.replace(ours, here)
    (tmp_path / "Caddyfile").write_text("{\n\tadmin off\n\tauto_https off\n}\n" + site)
    environment = {**os.environ, "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    with running(node):
        caddy = subprocess.Popen(
            ["caddy", "run", "--config", str(tmp_path / "Caddyfile")], env=environment,
            stdout=subprocess.DEVNULL, stderr=(tmp_path / "caddy.log").open("wb"),
        )  # fmt: skip
        try:
            until(lambda: _up(port), "Caddy before a node that is well")
            assert [Phone(port, n).answer(code).status for n in range(8)] == [303] * 8
            liar = Phone(port, 9)
            forged = [liar.answer(code, **{"X-Forwarded-For": f"203.0.113.{n}"}).status for n in range(5)]
            assert forged == [303] * 3 + [429] * 2
            assert liar.ask("GET", "/metrics").status == 404
        finally:
            caddy.terminate()
            caddy.wait(20)
    assert not re.search(r"127\.1\.0|203\.0\.113", (tmp_path / "caddy.log").read_text())
    proves("deploy/caddy: eight phones count as eight, a forged X-Forwarded-For as nothing, no address in its log")


def _up(port: int) -> bool:
    try:
        return Phone(port).ask("GET", "/s/nowhere").status == 404
    except OSError:
        return False


@pytest.mark.release
def test_the_containers_steps_make_a_server_that_runs_as_a_user_of_its_own_on_a_read_only_root(tmp_path, proves):
    """build.sh in a fresh folder as the container file runs it; then unshare, setpriv and mounts in the engine's place."""
    source, target = tmp_path / "src", tmp_path / "minyi"
    ignored = {line.removeprefix("**/") for line in (ROOT / ".dockerignore").read_text().split()}
    shutil.copytree(
        ROOT, source, ignore=lambda _folder, names: {n for n in names if any(Path(n).match(i) for i in ignored)}
    )
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    subprocess.run([str(source / "deploy/container/build.sh"), str(source), str(target)], env=plain, check=True)
    state, logs, temporary, port = tmp_path / "state", tmp_path / "logs", tmp_path / "tmp", _free_port()
    for folder in (state, logs, temporary):
        folder.mkdir()
        os.chown(folder, 10001, 10001)
    for folder in (tmp_path, *tmp_path.parents):
        if folder.is_relative_to("/tmp") and folder != Path("/tmp"):
            folder.chmod(0o755)
    settings = {"MINYI_INSTANCE": state, "MINYI_LOGS": logs, "MINYI_PORT": port, "PYTHONDONTWRITEBYTECODE": 1}
    settings |= {"HOME": state, "TMPDIR": temporary}
    environment = plain | {name: str(value) for name, value in settings.items()}
    script = READ_ONLY.format(state=state, logs=logs, temporary=temporary, program=f"{target}/bin/minyi serve")
    server = subprocess.Popen(
        ["unshare", "--mount", "sh", "-c", script], env=environment, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=(tmp_path / "told").open("wb"),
    )  # fmt: skip
    healthy = [sys.executable, str(DEPLOY / "container" / "healthy.py")]

    def well() -> bool:
        assert server.poll() is None, (tmp_path / "told").read_text()
        return subprocess.run(healthy, env=environment, capture_output=True, check=False).returncode == 0

    try:
        until(well, "a server that its health check finds well", 120)
        assert _ask(port, "GET", "/console/sign-in").status == 200
        user = (Path("/proc") / str(server.pid) / "status").read_text()
        assert "Uid:\t10001\t10001" in user
        assert "CapEff:\t0000000000000000" in user
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(40)
    assert subprocess.run(healthy, env=environment, capture_output=True, check=False).returncode != 0
    assert (state / "secret_key").stat().st_uid == 10001
    proves("the container's steps in a fresh folder: a server of its own user without capabilities on a read-only root")
