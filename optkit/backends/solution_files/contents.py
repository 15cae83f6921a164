"""The contents of a solution file of a solver, and the reading of its lines."""

from __future__ import annotations

from dataclasses import dataclass, field

from optkit.core.errors import InvalidFileError, Issue
from optkit.core.files.numbers import parse_decimal


@dataclass
class SolutionFile:
    """The values in a solution file.

    Parameters
    ----------
    source
        The file's path, for messages.
    format
        Name of the format, such as ``"gurobi"``.
    zeros_left_out
        Whether the format leaves out columns whose value is 0.
    values
        Value of each column, by its name in the model file.
    objective
        The objective that the file states; None if it states none.
    """

    source: str
    format: str
    zeros_left_out: bool
    values: dict[str, float] = field(default_factory=dict)
    objective: float | None = None
    _lines: dict[str, int] = field(default_factory=dict, repr=False)
    _objective_line: int = field(default=0, repr=False)

    def add(self, name: str, text: str, line: int) -> None:
        """Add the value that a line gives to a column.

        Raises
        ------
        InvalidFileError
            If the text is no finite number, or the column has a value already.
        """
        value = parse_decimal(text)
        if value is None:
            raise self.error(
                line, f"the value of {name!r} is a finite number, not {text[:60]!r}"
            )
        if name in self.values:
            raise self.error(
                line,
                f"{name!r} has a value in line {self._lines[name]} already; keep one",
            )
        self.values[name] = value
        self._lines[name] = line

    def state_objective(self, text: str, line: int) -> None:
        """Note the objective that a line states, if it is a number.

        A second one is an error: the file would hold parts of two solutions.
        """
        if self.objective is not None:
            raise self.error(
                line,
                f"line {self._objective_line} states an objective already; write one"
                " solution to a file",
            )
        self._objective_line = line
        value = parse_decimal(text)
        if value is None:
            raise self.error(line, f"the objective is a number, not {text[:60]!r}")
        self.objective = value

    def line_of(self, name: str) -> int:
        """Return the line that gives a column its value."""
        return self._lines[name]

    def error(self, line: int, message: str) -> InvalidFileError:
        """Return the error for a line."""
        return InvalidFileError(self.source, [Issue(f"line {line}", message)])

    def empty(self, line: int, says: str) -> InvalidFileError:
        """Return the error for a file that says that the solver found no solution."""
        return self.error(
            line,
            f"it holds no solution: it says {says.strip()[:80]!r}; write the file after"
            " the solver has found one",
        )
