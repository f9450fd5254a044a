"""Every key that the code names has its words in both languages, and every word has its place in the code."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from wording.message import texts_of

ROOT = Path(__file__).parents[2]
PACKAGES = ("analysis", "definitions", "questionnaires", "survey_app")
SUBJECTS = sorted(path.stem for path in (ROOT / "wording" / "texts").glob("[!_]*.py"))
KEY = re.compile(rf"(?:{'|'.join(SUBJECTS)})\.[a-z0-9_]+")
MAKERS = re.compile(r"(\w+\.)?(Message|Refusal|fail|tell|told|\w+Error)")
HAN = re.compile(r"[\u3400-\u9fff]")
SENTENCE = re.compile(r"[a-z]{2,},? [a-z]{2,}|[\u3400-\u9fff]{2,}")


@cache
def named() -> list[tuple[str, str, frozenset[str] | None]]:
    """(where, key, the params that a message or refusal is made with; None where the key stands elsewhere)."""
    found = []
    for path in (path for package in PACKAGES for path in (ROOT / package).rglob("*.py")):
        called: dict[ast.expr, frozenset[str]] = {}
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            makes = path.name != "workbook_child.py"  # alone in its process: what it names travels as JSON
            if makes and isinstance(node, ast.Call) and node.args and MAKERS.fullmatch(ast.unparse(node.func)):
                given = [word.arg for word in node.keywords]
                if None not in given:  # what ** brings, nobody sees from here
                    called[node.args[0]] = frozenset(filter(None, given))
            if isinstance(node, ast.Call) and node.args and ast.unparse(node.func) == "Notice":
                found += [
                    (str(path), f"notices.{each.value}", None)
                    for each in ast.walk(node)
                    if isinstance(each, ast.Constant)
                ]
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and KEY.fullmatch(node.value):
                where = f"{path.relative_to(ROOT)}:{node.lineno}"
                found.append((where, node.value, called.get(node)))
    return found


def fields_of(pattern: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in string.Formatter().parse(pattern) if name}


@pytest.mark.parametrize("subject", SUBJECTS)
def test_every_sentence_stands_in_chinese_and_in_english(subject):
    for name, (zh, en) in texts_of(subject).items():
        said = "".join(text for text, *_field in string.Formatter().parse(zh))
        assert HAN.search(said) or not re.search("[a-z]{3}", said), f"{subject}.{name}: {zh}"
        bare = re.sub(r"[‘“'\"][^’”'\"]*[’”'\"]|是 or 否|是/否", "", en)
        assert not HAN.search(bare), f"{subject}.{name}: {en}"


def test_every_key_in_the_code_has_words_and_gets_what_they_name():
    for where, key, params in named():
        subject, _, name = key.partition(".")
        if params is not None:
            assert name in texts_of(subject), f"{where}: {key} has no words"
            wanted = set().union(*map(fields_of, texts_of(subject)[name]))
            assert wanted == params, f"{where}: {key} names {sorted(wanted)} and is given {sorted(params)}"


@cache
def refusals() -> set[str]:
    """The classes that people read, by name."""
    bases: dict[str, set[str]] = {"Refusal": {"Refusal"}, "FieldRefusal": {"Refusal"}}
    for path in (path for package in PACKAGES for path in (ROOT / package).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef):
                bases.setdefault(node.name, set()).update(ast.unparse(base).split(".")[-1] for base in node.bases)
    found, before = {"Refusal"}, set[str]()
    while found != before:
        before, found = found, found | {name for name, above in bases.items() if above & found}
    return found


def test_what_is_raised_with_a_key_knows_how_to_say_it():
    raised = set[str]()
    for path in (path for package in PACKAGES for path in (ROOT / package).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args:
                first, name = node.exc.args[0], ast.unparse(node.exc.func).split(".")[-1]
                key = first.value if isinstance(first, ast.Constant) else ""
                made = isinstance(first, ast.Call) and ast.unparse(first.func) == "Message"
                if path.name == "workbook_child.py":
                    continue
                raised |= {name} if made or KEY.fullmatch(str(key)) else set()
    assert raised <= refusals()


def test_no_refusal_and_no_line_of_a_command_has_its_words_in_the_code():
    found = []
    for path in (path for package in PACKAGES for path in (ROOT / package).rglob("*.py")):
        prints = path.parent.name == "commands" or path.name == "cli.py"
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or path.name == "workbook_child.py":
                continue
            name = ast.unparse(node.func).split(".")[-1]
            if name in refusals() or (prints and name in ("echo", "fail", "tell")):
                wrong = [text for each in node.args for text in spoken_in(each) if SENTENCE.search(text)]
                found += [f"{path.relative_to(ROOT)}:{node.lineno}: {text!r}" for text in wrong]
    assert not found


def spoken_in(node: ast.AST) -> Iterator[str]:
    """The texts that an argument is made of: not keys, not what is looked up, not what other calls are given."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and not KEY.fullmatch(node.value):
        yield node.value
    joins = isinstance(node, ast.Call) and ast.unparse(node.func).endswith("join")
    if not isinstance(node, ast.Subscript | ast.Call) or joins:
        for child in ast.iter_child_nodes(node):
            yield from spoken_in(child)


def test_no_words_stand_there_that_nobody_says():
    said = {key for _where, key, _params in named()}
    loaded = (ROOT / "questionnaires" / "loaded_words.yaml").read_text("utf-8")
    said |= {f"loaded.{key}" for key in re.findall(r"(?:why|instead): (\w+)", loaded)}
    said |= {f"commands.{level}" for level in ("error", "warning", "breaks", "careful", "harmless")}
    for subject in (
        "yaml",
        "click",
        "system",
        "states",
    ):  # what another library or the system says, and what codes stand for
        said |= {f"{subject}.{name}" for name in texts_of(subject)}
    said |= {f"settings.{name}" for name in texts_of("settings") if name.startswith(("default_", "from_", "said_"))}
    said |= {f"notices.eligible_by_{basis}" for basis in ("margin", "assumed", "residents")}  # named by their basis
    said.add("notices.collectors")  # in stored runs, from before each collector had a notice of its own
    said.add("analysis.areas_variances_cannot_smoothed")  # why earlier releases had no model of small areas
    idle = [f"{each}.{name}" for each in SUBJECTS for name in texts_of(each) if f"{each}.{name}" not in said]
    assert not idle


def test_no_sentence_stands_in_both_languages_at_once():
    both = re.compile(r"[\u3400-\u9fff][^()\"]* \([a-z][a-z' ]+ [^()]*\)")
    found = []
    for path in (path for package in PACKAGES for path in (ROOT / package).rglob("*.py")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if both.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()}")
    assert not found
