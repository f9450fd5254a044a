"""`make bundle`: one archive that deploy/install.sh installs on a machine without a network.

    minyi-VERSION/install.sh, README, SHA256SUMS
                  requirements.txt     every package with its version and the digest of its wheel here
                  wheels/              for both processors and each Python that is named
                  fonts/               Chinese fonts, where this machine has them, with their licence
                  python/PROCESSOR/    a Python to unpack, where one was given

Every wheel is held to the digests of requirements.txt while it is fetched. What a package offers as source alone (it
must be pure Python) is built here.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

from packaging.markers import Marker

ROOT = Path(__file__).parents[1]
INSTALLER = ROOT / "deploy" / "install.sh"
PROCESSORS = ("x86_64", "aarch64")
GLIBC = (28, 27, 26, 24, 17)  # the newest first: 2.28 is that of the oldest systems that the table of operators names
OPTIONAL = "redis"  # the extra of two nodes: limits counted together
FONTS = ("NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc", "NotoSerifCJK-Regular.ttc", "NotoSerifCJK-Bold.ttc")
PLACES = (Path("/usr/share/fonts/opentype/noto"), Path("/usr/share/fonts/google-noto-cjk"))
LICENCE = Path("/usr/share/doc/fonts-noto-cjk/copyright")
SOURCE_ALONE = ("flask-principal",)  # pure Python without a wheel


def main() -> None:
    """Make the archive; what could not be had is said at the end."""
    options = _options()
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work) / f"minyi-{_version()}"
        wheels = folder / "wheels"
        wheels.mkdir(parents=True)
        _fetch(wheels, options.python)
        _run("pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(wheels), str(ROOT))
        (folder / "requirements.txt").write_text(_listed(wheels), encoding="utf-8")
        left_out = _fonts(folder) + _pythons(folder, options.interpreter)
        for source in (INSTALLER, ROOT / "LICENSE"):
            shutil.copy(source, folder / source.name)
        (folder / "SHA256SUMS").write_text(_sums(folder), encoding="ascii")
        out = options.to or ROOT / "dist" / f"{folder.name}-offline.tar.gz"
        out.parent.mkdir(parents=True, exist_ok=True)
        with tarfile.open(out, "w:gz", compresslevel=1) as archive:  # wheels are compressed already
            archive.add(folder, folder.name, filter=_nobodys)
    print(f"{out}: {out.stat().st_size // 1024 // 1024} MB, SHA-256 {_digest(out)}")
    for said in left_out:
        print(said)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Make the archive for machines without a network.")
    parser.add_argument("--python", action="append", help="A Python's version, as 3.11; again for each.")
    parser.add_argument("--interpreter", action="append", default=[], type=Path, metavar="ARCHIVE",
                        help="A relocatable Python (.tar.gz) with its processor in its name; again for each.")  # fmt: skip
    parser.add_argument("--to", type=Path, help="The archive; default: dist/.")
    options = parser.parse_args()
    options.python = options.python or [f"{sys.version_info.major}.{sys.version_info.minor}"]
    return options


@dataclass(frozen=True)
class Locked:
    """An entry of a locked file. hashes: as pip is given them."""

    name: str
    version: str
    marker: str
    hashes: str

    def needed(self, python: str) -> bool:
        """Whether its condition holds on Linux with this Python; pip itself asks the machine that it runs on."""
        there = {"python_version": python, "python_full_version": f"{python}.99", "sys_platform": "linux",
                 "implementation_name": "cpython", "platform_python_implementation": "CPython"}  # fmt: skip
        return not self.marker or Marker(self.marker).evaluate(there)


def _locked() -> list[Locked]:
    """What running needs, and the extra of two nodes."""
    extra = [entry for entry in entries("requirements-dev.txt") if entry.name == OPTIONAL]
    return entries("requirements.txt") + extra


def entries(name: str) -> list[Locked]:
    found = []
    for line in (ROOT / name).read_text(encoding="utf-8").replace("\\\n", "").splitlines():
        wanted, _mark, hashes = line.partition("--hash=")
        package, _equals, rest = wanted.partition("==")
        version, _semicolon, marker = rest.partition(";")
        if version:
            found.append(Locked(package.strip(), version.strip(), marker.strip(), f"--hash={hashes.strip()}"))
    return found


def _fetch(wheels: Path, pythons: list[str]) -> None:
    """Every locked package for every processor and Python, once where one wheel serves several."""
    for python in pythons:
        needed = [entry for entry in _locked() if entry.needed(python)]
        for processor in PROCESSORS:
            platforms = [f"manylinux_2_{minor}_{processor}" for minor in GLIBC] + [f"manylinux2014_{processor}"]
            _pip(
                [entry for entry in needed if entry.name not in SOURCE_ALONE], "download", "--dest", str(wheels),
                "--only-binary=:all:", "--python-version", python, "--implementation", "cp",
                *(part for name in platforms for part in ("--platform", name)),
            )  # fmt: skip
        _pip([entry for entry in needed if entry.name in SOURCE_ALONE], "wheel", "--wheel-dir", str(wheels))
    bound = [path.name for path in wheels.glob("*.whl") if _built_here(path) and not path.stem.endswith("-none-any")]
    if bound:
        raise SystemExit(f"built for this machine alone: {', '.join(bound)}")


def _built_here(wheel: Path) -> bool:
    return _name(wheel)[0] in SOURCE_ALONE


def _pip(entries: list[Locked], *words: str) -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as wanted:
        wanted.write("".join(f"{entry.name}=={entry.version} {entry.hashes}\n" for entry in entries))
        wanted.flush()
        _run("pip", words[0], "--quiet", "--no-deps", "--require-hashes", "-r", wanted.name, *words[1:])


def _listed(wheels: Path) -> str:
    """name==version with the digest of every wheel of it, as pip asks for with --require-hashes."""
    markers = {(entry.name, entry.version): entry.marker for entry in _locked()}
    found: dict[tuple[str, str], list[Path]] = {}
    for path in sorted(wheels.glob("*.whl")):
        found.setdefault(_name(path), []).append(path)
    lines = []
    for (name, version), paths in found.items():
        marker = markers.get((name, version), "")
        hashes = " ".join(f"--hash=sha256:{_digest(path)}" for path in paths)
        lines.append(f"{name}=={version}{f' ; {marker}' if marker else ''} {hashes}")
    return "\n".join(lines) + "\n"


def _name(wheel: Path) -> tuple[str, str]:
    name, version = wheel.name.split("-")[:2]
    return name.replace("_", "-").lower(), version


def _fonts(folder: Path) -> list[str]:
    place = next((place for place in PLACES if (place / FONTS[0]).exists()), None)
    if place is None or not LICENCE.exists():
        return ["without fonts: this machine has no Noto CJK with its licence; PDF reports need a Chinese font"]
    (folder / "fonts").mkdir()
    for path in [*(place / name for name in FONTS if (place / name).exists()), LICENCE]:
        shutil.copy(path, folder / "fonts" / path.name)
    return []


def _pythons(folder: Path, given: list[Path]) -> list[str]:
    for path in given:
        processor = next((name for name in PROCESSORS if name in path.name), None)
        if processor is None:
            raise SystemExit(f"{path.name} names no processor ({', '.join(PROCESSORS)})")
        (folder / "python" / processor).mkdir(parents=True)
        shutil.copy(path, folder / "python" / processor / "python.tar.gz")
    return (
        [] if given else ["without a Python: the machine needs one of the versions above (--interpreter puts one in)"]
    )


def _sums(folder: Path) -> str:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return "".join(f"{_digest(path)}  {path.relative_to(folder)}\n" for path in paths)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _nobodys(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


def _version() -> str:
    found = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    assert found is not None
    return found[1]


def _run(*words: str) -> None:
    subprocess.run([sys.executable, "-m", *words], check=True, env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"})


if __name__ == "__main__":
    main()
