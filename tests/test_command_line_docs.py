"""The documents and the command line say the same: nothing stands in one that is not in the other."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from tools import cli_reference

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
COMMANDS = dict(cli_reference.commands())
EVERYWHERE = {"--help", "--version"}


def test_docs_cli_has_every_command_and_option():
    written = cli_reference.FILE.read_text(encoding="utf-8")
    assert written == cli_reference.reference(), "docs/cli.md is behind the commands: run `make docs`"


def test_every_command_and_option_says_what_it_is_for():
    silent = [path for path, command in COMMANDS.items() if not command.help]
    silent += [
        (*path, option.opts[0]) for path, command in COMMANDS.items() for option in _options(command) if not option.help
    ]
    assert silent == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_command_and_option_in_the_documents_exists(document):
    wrong = [code for code in _code(document.read_text(encoding="utf-8")) if not _exists(code)]
    assert wrong == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_target_of_make_in_the_documents_exists(document):
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = re.findall(r"(?:^|`)make ([a-z]+)", "\n".join(_code(document.read_text(encoding="utf-8"))), re.MULTILINE)
    assert set(named) <= targets


def _exists(code: str) -> bool:
    """Whether a piece of code names only commands and options that are there; what calls no `minyi` may name an option."""
    called = re.match(r"(?:\S+=\S+ )*(?:\S*/)?minyi +(.*)", code)
    if not called:
        return not re.match(r"--[a-z]", code) or _option(code) in _all_options(*COMMANDS)
    words = called[1].split(" #")[0].split()
    path: tuple[str, ...] = ()
    found = {path}
    while words and isinstance(COMMANDS[path], click.Group) and re.fullmatch(r"[a-z-]+", words[0]):
        names = [words.pop(0)]
        while len(words) > 1 and words[0] == "|":
            names.append(words[1])
            del words[:2]
        found = {(*path, name) for name in names if not name.startswith("-")}
        if not found <= COMMANDS.keys():
            return False
        if len(found) != 1:
            break
        (path,) = found
    return all(_option(word) in _all_options(*found) for word in words if word.lstrip("[").startswith("--"))


def _all_options(*paths: tuple[str, ...]) -> set[str]:
    """Options of these commands and of those under them."""
    return EVERYWHERE | {
        name
        for path, command in COMMANDS.items()
        for option in _options(command)
        for name in (*option.opts, *option.secondary_opts)
        if any(path[: len(above)] == above for above in paths)
    }


def _options(command: click.Command) -> list[click.Option]:
    return [parameter for parameter in command.params if isinstance(parameter, click.Option)]


def _option(word: str) -> str:
    return re.match(r"\[?([a-z-]*)", word)[1]


def _code(text: str) -> list[str]:
    """Every line of a fenced block, continued lines joined, and every piece between backticks."""
    fence = re.compile(r"^```.*?\n(.*?)^```", re.MULTILINE | re.DOTALL)
    lines = [line.strip() for block in fence.findall(text) for line in block.replace("\\\n", " ").splitlines()]
    return lines + [" ".join(piece.split()) for piece in re.findall(r"`([^`]+)`", fence.sub("", text))]
