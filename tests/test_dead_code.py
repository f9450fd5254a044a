"""Nothing stands that only tests, or nobody, would miss: each function, class and constant is named somewhere else."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
OURS = ("survey_app", "analysis", "questionnaires", "definitions", "wording")
READERS = (*OURS, "migrations", "tools", "benchmarks")
CALLED_BY_LIBRARIES = {
    "format_commands",  # click
    "process_bind_param", "process_result_value",  # SQLAlchemy
    "check_tf_required", "get_last_counter", "set_last_counter", "setup_cryptor", "get_recovery_codes",
    "_encrypt_codes", "check_recovery_code", "delete_recovery_code",  # Flask-Security
    "pre_validate",  # WTForms
    "load_config",  # gunicorn
    "open_session", "get_cookie_secure", "get_signature",  # Flask, itsdangerous
    "writable",  # zipfile
    "dump_payload", "ensure_sync", "_parse_urlencoded",  # itsdangerous, Flask, Werkzeug
}  # fmt: skip


def made(tree: ast.Module) -> Iterator[str]:
    """What a module defines, and the methods of its classes. What a decorator registers is not looked at."""
    for node in tree.body:
        if isinstance(node, ast.Assign):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.ClassDef):
            yield node.name
            yield from (method.name for method in node.body if isinstance(method, ast.FunctionDef))
        elif isinstance(node, ast.FunctionDef) and not node.decorator_list:
            yield node.name


def named(tree: ast.Module) -> Iterator[str]:
    """Every name that a module reads, of whatever kind; texts of one word too, for what is found by its name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.keyword) and node.arg:
            yield node.arg
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and " " not in node.value:
            yield from re.findall(r"\w+", node.value)


def test_each_function_class_and_constant_is_used():
    known: set[str] = set()
    ours: dict[str, str] = {}
    for folder in READERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix == ".py":
                tree = ast.parse(path.read_text(encoding="utf-8"))
                known.update(named(tree))
                if folder in OURS:
                    ours |= {name: path.relative_to(ROOT).as_posix() for name in made(tree)}
            elif path.suffix in (".html", ".js", ".yaml", ".typ"):
                known.update(re.findall(r"\w+", path.read_text(encoding="utf-8")))
    unused = {name: path for name, path in ours.items() if name not in known and not name.startswith("__")}
    assert set(unused) == CALLED_BY_LIBRARIES, unused
