"""The public face of `analysis`: small, light to import, and every name of it has an example that runs."""

from __future__ import annotations

import ast
import doctest
import pkgutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import analysis


@pytest.mark.parametrize("name", analysis.__all__)
def test_the_example_in_the_docstring_of_a_public_name_runs(name):
    public = getattr(analysis, name)
    module = import_module(public.__module__)
    examples = doctest.DocTestFinder(recurse=False).find(public, name, module=module, globs=dict(vars(module)))
    assert any(example.examples for example in examples), f"analysis.{name} has no example"
    said: list[str] = []
    for example in examples:
        doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(example, out=said.append)
    assert not said, "".join(said)


def test_importing_the_package_brings_no_numeric_library_and_none_of_its_modules():
    check = (
        "import analysis, sys; print(sorted(name for name in sys.modules if name.startswith('analysis.') "
        "or name in ('numpy', 'scipy', 'pandas', 'statsmodels', 'pydantic')))"
    )
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_no_public_name_is_also_that_of_a_module_which_would_take_its_place_once_imported():
    assert not set(analysis.__all__) & {module.name for module in pkgutil.iter_modules(analysis.__path__)}


def test_a_type_checker_reads_the_same_names_from_the_same_modules():
    tree = ast.parse(Path(analysis.__file__).read_text(encoding="utf-8"))
    imports = [
        node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module.startswith("analysis.")
    ]
    told = {name.asname: node.module for node in imports for name in node.names}
    assert told == {name: getattr(analysis, name).__module__ for name in analysis.__all__}


def test_an_unknown_name_is_an_attribute_error_as_of_any_module():
    with pytest.raises(AttributeError, match="no attribute 'estimat'"):
        analysis.estimat  # noqa: B018 - asking is the test
