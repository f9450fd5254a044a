"""The walls that import-linter has no word for: pages stand on top of their subject, and no files form a circle."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class PagesOnTop(Contract):
    """No module outside a folder of pages may import one, be it directly or through others.

    pages: the folders of pages. above: modules that stand above them all and may import them.
    """

    pages = fields.SetField(subfield=fields.ModuleExpressionField())
    above = fields.SetField(subfield=fields.ModuleExpressionField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Every chain of imports that ends in a page and starts in neither a page nor a module above."""
        pages = {name for name in graph.modules if _inside(name, self.pages)}
        above = {name for name in graph.modules if _inside(name, self.above)}
        broken = sorted(
            f"{importer} -> {page}"
            for page in pages
            for importer in graph.find_modules_that_directly_import(page) - pages - above
        )
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """One line for each import against the grain."""
        for line in check.metadata["broken"]:
            output.print_error(line)


class NoCircles(Contract):
    """No module reaches itself through its imports; a package counts by its `__init__` alone."""

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """The first circle found, if there is one."""
        inside = {name for name in graph.modules if not graph.is_module_squashed(name)}
        imports = {name: graph.find_modules_directly_imported_by(name) & inside for name in inside}
        try:
            TopologicalSorter(imports).prepare()
        except CycleError as error:
            return ContractCheck(kept=False, metadata={"circle": error.args[1]})
        return ContractCheck(kept=True)

    def render_broken_contract(self, check: ContractCheck) -> None:
        """The circle, module by module."""
        output.print_error(" <- ".join(check.metadata["circle"]))


def _inside(name: str, expressions: set) -> bool:  # type: ignore[type-arg]
    return any(name == one.expression or name.startswith(f"{one.expression}.") for one in expressions)
