"""The values of a solution file under the model's own names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from optkit.backends.model_files.names import Names, lp_name, mps_name
from optkit.backends.solution_files.contents import SolutionFile
from optkit.core.errors import InvalidFileError, Issue

INTEGRALITY = 1e-4
"""How far from an integer a value may be that counts as one."""

CONSTANT = "constant_is_1"
"""Column that carries the objective's constant in exported files."""

_OF_RANGES = "MPS_Rg"
"""Gurobi adds a column of this name and the row's for each range of an MPS file."""

_SHOWN = 5


class ModelValues:
    """The value of each column of a model, by its original name.

    ``added`` is the number of columns in the file that the solver added.

    Parameters
    ----------
    file
        The solution file.
    columns
        Original names of the columns that the exported model file has.

    Raises
    ------
    InvalidFileError
        If the file names columns that the model does not have, or lacks columns and its
        format does not leave out zeros.
    """

    def __init__(self, file: SolutionFile, columns: Iterable[str]) -> None:
        self.file = file
        originals = list(columns)
        self._names = _names_in_file(file, originals)
        unknown = [name for name in file.values if name not in self._names]
        unknown = [name for name in unknown if not name.startswith(CONSTANT)]
        added = [name for name in unknown if name.startswith(_OF_RANGES)]
        unknown = [name for name in unknown if name not in set(added)]
        self.added = len(added)
        self._values = {
            self._names[name]: value
            for name, value in file.values.items()
            if name in self._names
        }
        missing = [name for name in originals if name not in self._values]
        issues: list[Issue | str] = [
            Issue(
                f"line {file.line_of(name)}",
                f"{name!r} is no column of the model of this instance; export the"
                " instance again, and solve that file",
            )
            for name in unknown[:_SHOWN]
        ]
        if len(unknown) > _SHOWN:
            issues.append(f"and {len(unknown) - _SHOWN} more names that are no columns")
        if missing and not file.zeros_left_out:
            listed = ", ".join(map(repr, missing[:_SHOWN]))
            more = ", ..." if len(missing) > _SHOWN else ""
            issues.append(
                f"{len(missing)} columns of the model have no value: {listed}{more};"
                " write all values to the file"
            )
        if issues:
            raise InvalidFileError(file.source, issues)

    def __getitem__(self, name: str) -> float:
        """Return the value of a column; 0 for one that the files do not list."""
        return self._values.get(name, 0.0)

    def whole(self, name: str) -> int:
        """Return the value of an integer column.

        Raises
        ------
        InvalidFileError
            If it is not within `INTEGRALITY` of an integer.
        """
        value = self[name]
        if abs(value - round(value)) > INTEGRALITY:
            shown = next(n for n, original in self._names.items() if original == name)
            raise self.file.error(
                self.file.line_of(shown),
                f"{shown!r} is {value:g}, and its column is integer; solve the model"
                " with its integer columns, not its relaxation",
            )
        return round(value)


def _names_in_file(file: SolutionFile, originals: list[str]) -> Mapping[str, str]:
    """Return the original name of each name in the MPS or the LP file, whichever fits.

    The two differ where a name has characters that LP files do not allow.
    """
    fits: list[dict[str, str]] = []
    for allowed, prefix in ((mps_name, "column"), (lp_name, "c")):
        names = {new: old for old, new in Names(originals, allowed, prefix).items()}
        fits.append(names)
    return max(fits, key=lambda names: sum(name in names for name in file.values))
