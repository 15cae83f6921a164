"""Solution files of HiGHS, in the raw and the sparse style."""

from __future__ import annotations

from collections.abc import Sequence

from optkit.backends.solution_files.contents import SolutionFile
from optkit.core.errors import InvalidFileError
from optkit.core.files.numbers import parse_whole

PRIMAL = "# Primal solution values"


def looks_like_highs(lines: Sequence[str]) -> bool:
    """Say whether HiGHS wrote the lines, in whatever style."""
    return any(line.strip() == PRIMAL for line in lines[:10]) or _is_table(lines)


def _is_table(lines: Sequence[str]) -> bool:
    return (
        len(lines) > 1
        and lines[0].strip() == "Columns"
        and lines[1].split()[:2] == ["Index", "Status"]
    )


def read_highs(lines: Sequence[str], source: str) -> SolutionFile:
    """Return the primal values; those of rows and the dual values are not needed.

    Raises
    ------
    InvalidFileError
        If the file is cut short, is rounded, holds no solution, or a value is no number.
    """
    if _is_table(lines):
        raise InvalidFileError(
            source,
            [
                "a table of HiGHS, whose values are rounded to six digits; write the"
                " solution with write_solution_style 0"
            ],
        )
    start = next(k for k, line in enumerate(lines) if line.strip() == PRIMAL)
    file = SolutionFile(source, "highs", zeros_left_out=False)
    state = lines[start + 1].strip() if start + 1 < len(lines) else ""
    if state == "None":
        raise file.empty(start + 2, "no primal solution values")
    number = start + 2
    while number < len(lines) and not lines[number].startswith("# Columns"):
        words = lines[number].split()
        if len(words) == 2 and words[0] == "Objective":
            file.state_objective(words[1], number + 1)
        number += 1
    if number >= len(lines):
        raise file.error(len(lines), "the part '# Columns' is missing; write it again")
    word = lines[number].split()[-1]
    size = parse_whole(word.removeprefix("-"))
    if size is None:
        raise file.error(number + 1, "'# Columns' is followed by their number")
    count = -size if word.startswith("-") else size
    # A number below zero says that only the nonzero values follow; 0, that there is none.
    file.zeros_left_out = count <= 0
    listed = lines[number + 1 : number + 1 + abs(count)]
    for offset, line in enumerate(listed, start=number + 2):
        words = line.split()
        if len(words) != (3 if count < 0 else 2):
            raise file.error(offset, "a name and a value are expected")
        file.add(words[0], words[1], offset)
    if len(listed) < abs(count):
        raise file.error(
            len(lines), f"{abs(count)} columns are announced, {len(listed)} follow"
        )
    return file
