"""Compiles the console's translations before a wheel or an editable install is built; they are not committed."""

import runpy
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Catalogues(BuildHookInterface):  # type: ignore[type-arg]
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        shell = Path(self.root) / "survey_app"
        compile_catalogues = runpy.run_path(str(shell / "ground" / "catalogues.py"))["compile_catalogues"]
        for made in compile_catalogues(shell / "console" / "translations"):
            build_data["artifacts"].append(made.relative_to(self.root).as_posix())
