"""Solution files of CPLEX, which are XML."""

from __future__ import annotations

from optkit.backends.solution_files.contents import SolutionFile
from optkit.core.files.xml import parse_xml


def read_cplex(data: bytes, source: str) -> SolutionFile:
    """Return the values in CPLEX's format.

    Raises
    ------
    InvalidFileError
        If it is not XML of one solution, or a value is no number.
    """
    file = SolutionFile(source, "cplex", zeros_left_out=False)
    root = parse_xml(data, source)
    if root.tag == "CPLEXSolutions":
        solutions = root.all("CPLEXSolution")
        if len(solutions) != 1:
            raise file.error(
                root.line,
                f"a pool of {len(solutions)} solutions; write one of them to a file",
            )
        root = solutions[0]
    if root.tag != "CPLEXSolution":
        raise file.error(
            root.line, f"the element is {root.tag!r}; CPLEXSolution is expected"
        )
    header, variables = root.first("header"), root.first("variables")
    if variables is None:
        raise file.empty(root.line, "no element 'variables'")
    if header is not None and (stated := header.attributes.get("objectiveValue")):
        file.state_objective(stated, header.line)
    for variable in variables.all("variable"):
        name = variable.attributes.get("name")
        if name is None:
            raise file.error(variable.line, "the attribute 'name' is missing")
        file.add(name, variable.attributes.get("value", ""), variable.line)
    return file
