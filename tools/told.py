"""A command that says what it does: a line whenever three seconds have gone by, and all of what it said where it fails.

python tools/told.py WORDS PROGRAM ARGUMENTS    WORDS: what is said until the command has said anything
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from threading import Event, Thread

EVERY = 3.0  # seconds between two lines
DOING = re.compile(r"\s*(Collecting|Downloading|Using cached|Installing|Building|Preparing) .*")


def main(words: str, command: list[str]) -> int:
    at_once = {**os.environ, "PYTHONUNBUFFERED": "1"}
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=at_once)
    said: list[str] = []
    over = Event()
    telling = Thread(target=_tell_until, args=(over, words, said))
    telling.start()
    assert running.stdout is not None
    for line in running.stdout:
        said.append(line)  # the other thread reads it meanwhile
    over.set()
    telling.join()
    if running.wait():
        print("".join(said), file=sys.stderr, end="")
    return running.returncode


def _tell_until(over: Event, words: str, said: list[str]) -> None:
    begun = time.monotonic()
    while not over.wait(EVERY):
        doing = next((line.strip() for line in reversed(said) if DOING.match(line)), words)
        print(f"  {time.monotonic() - begun:3.0f} s  {doing[:90]}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
