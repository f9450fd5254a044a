"""What is wrong in a definition, and where."""

from __future__ import annotations

from dataclasses import dataclass

from wording import Refusal, Text

KeyPath = tuple[str | int, ...]


@dataclass(frozen=True)
class Problem:
    """One thing wrong in a definition: where it stands and what to do about it."""

    file: str
    line: int
    key: str
    message: Text

    def __str__(self) -> str:
        key = f" {self.key}:" if self.key else ""
        return f"{self.file}:{self.line}:{key} {self.message}"


class DefinitionError(Refusal):
    """A definition that cannot be used. `problems` lists everything that is wrong, in file order."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(problems, key=lambda problem: (problem.file, problem.line))
        super().__init__(problem.message for problem in self.problems)

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))
