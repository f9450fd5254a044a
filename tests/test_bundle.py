"""The archive for machines without a network: whole, for both processors, and installed with the network taken away."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from tools import bundle

NO_NETWORK = ("unshare", "--map-root-user", "--net")


def test_each_locked_package_is_in_the_archives_list_with_its_hashes():
    lines = (bundle.ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    locked = bundle.entries("requirements.txt")
    assert len(locked) == sum("==" in line.partition(";")[0] for line in lines)
    assert all(entry.hashes.startswith("--hash=sha256:") for entry in locked)
    names = [entry.name for entry in locked if entry.needed("3.11")]
    assert "colorama" not in names, "of another system"
    assert len(names) == len(set(names)), "one version of each for one Python"


def test_a_folder_that_is_not_as_it_was_made_is_not_installed(tmp_path):
    shutil.copy(bundle.INSTALLER, tmp_path)
    (tmp_path / "requirements.txt").write_text("minyi==0.2.0\n")
    (tmp_path / "SHA256SUMS").write_text(f"{'0' * 64}  requirements.txt\n")
    done = installed(tmp_path, tmp_path / "opt")
    assert done.returncode == 1
    assert "This folder is not as it was made" in done.stderr
    assert not (tmp_path / "opt").exists()


def installed(folder: Path, prefix: Path, *before: str) -> subprocess.CompletedProcess[str]:
    words = [*before, str(folder / "install.sh"), "--prefix", str(prefix), "--python", sys.executable]
    return subprocess.run([*words, "--fonts", str(prefix / "fonts")], capture_output=True, text=True, check=False)


@pytest.mark.release
def test_the_archive_installs_and_runs_without_a_network(tmp_path, proves):
    out = tmp_path / "bundle.tar.gz"
    made = subprocess.run(
        [sys.executable, "tools/bundle.py", "--to", str(out)],
        cwd=bundle.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    with tarfile.open(out) as archive:
        archive.extractall(tmp_path, filter="data")
    folder = next(tmp_path.glob("minyi-*"))
    wheels = [path.name for path in (folder / "wheels").iterdir()]
    for processor in bundle.PROCESSORS:
        there = {name.split("-")[0].lower() for name in wheels if name.endswith(("-any.whl", f"{processor}.whl"))}
        assert there == {name.split("-")[0].lower() for name in wheels}, processor
    done = installed(folder, tmp_path / "opt", *NO_NETWORK)
    assert done.returncode == 0, done.stderr
    environment = {**os.environ, "MINYI_INSTANCE": str(tmp_path / "instance"), "LC_ALL": "C.UTF-8"}
    environment.pop("PYTHONPATH", None)

    def minyi(*words: str) -> str:
        command = [*NO_NETWORK, str(tmp_path / "opt" / "bin" / "minyi"), *words]
        told = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert told.returncode == 0, told.stderr
        return told.stdout

    assert json.loads(minyi("demo", "--no-serve", "--json", "--responses", "400"))
    minyi("report", "estimate", "1", "--to", "estimate.pdf")
    assert (tmp_path / "estimate.pdf").read_bytes().startswith(b"%PDF")
    again = installed(folder, tmp_path / "opt")
    assert "is there already" in again.stderr
    next((folder / "wheels").glob("flask-*.whl")).write_bytes(b"changed")
    assert "not as it was made" in installed(folder, tmp_path / "other").stderr
    assert not (tmp_path / "other").exists()
    size = out.stat().st_size // 1024 // 1024
    proves(
        f"a bundle of {size} MB, {len(wheels)} wheels for {' and '.join(bundle.PROCESSORS)}; installed and run offline"
    )
