"""`pip install` that says what it does: a line whenever four seconds have gone by, and all of it where it fails.

python tools/pip_told.py ARGUMENTS-OF-PIP-INSTALL
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from threading import Event, Thread

EVERY = 4.0  # seconds between two lines
DOING = re.compile(r"\s*(Collecting|Downloading|Using cached|Installing|Building|Preparing) .*")


def main(arguments: list[str]) -> int:
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--disable-pip-version-check",
        "--progress-bar",
        "off",
        *arguments,
    ]
    at_once = {**os.environ, "PYTHONUNBUFFERED": "1"}
    pip = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=at_once)
    said: list[str] = []
    over = Event()
    telling = Thread(target=_tell_until, args=(over, said))
    telling.start()
    assert pip.stdout is not None
    for line in pip.stdout:
        said.append(line)  # the other thread reads it meanwhile
    over.set()
    telling.join()
    if pip.wait():
        print("".join(said), file=sys.stderr, end="")
    return pip.returncode


def _tell_until(over: Event, said: list[str]) -> None:
    begun = time.monotonic()
    while not over.wait(EVERY):
        doing = next((line.strip() for line in reversed(said) if DOING.match(line)), "Looking for the packages")
        print(f"  {time.monotonic() - begun:3.0f} s  {doing[:90]}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
