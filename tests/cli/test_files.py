"""The commands that make, judge and draw files."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path

import highspy
import pytest

import optkit
from tests.cli.command import Command


def test_generate_is_the_library(optkit_command: Command, tmp_path: Path) -> None:
    """The command makes what the function makes, in a file or on standard output."""
    path = tmp_path / "made.json"
    arguments = ("generate", "allocation", "--servers", "5", "--seed", "3")
    assert optkit_command(*arguments, "-o", path).out == ""
    expected = optkit.generate("allocation", seed=3, servers=5)
    assert json.loads(path.read_text()) == expected.document()
    assert optkit_command(*arguments).document == expected.document()


def test_import(optkit_command: Command, tmp_path: Path) -> None:
    """A network of another format becomes an instance, and what it is gets said."""
    source, path = tmp_path / "net.gml", tmp_path / "net.json"
    source.write_text(
        'graph [ node [ id 0 label "a" ] node [ id 1 label "b" ]'
        " edge [ source 0 target 1 ] ]"
    )
    answer = optkit_command(
        "import", "topology-zoo", source, "--seed", "1", "--master", "b", "-o", path
    )
    assert answer.status == 0
    assert "2 servers" in answer.err
    assert optkit.load(path).document()["master"] == "b"


def test_options_of_tools_are_described(optkit_command: Command) -> None:
    """Help lists a generator's and an importer's options with words and defaults."""
    page = optkit_command("generate", "allocation", "--help").out
    assert "--edge-probability" in page
    assert "number of servers" in page
    assert "[default: erdos-renyi]" in page
    page = optkit_command("import", "topology-zoo", "--help").out
    assert "--default-gbps" in page


def test_validate_goes_to_the_end(
    optkit_command: Command, instance: Path, answer: Path, tmp_path: Path
) -> None:
    """Every file gets its line; all that is wrong with a bad one is told; 3 at the end."""
    bad = tmp_path / "bad.json"
    document = json.loads(instance.read_text())
    document["servers"][0]["ghz"] = -1
    document["mastre"] = "0"
    bad.write_text(json.dumps(document))
    found = optkit_command("validate", bad, instance, tmp_path / "none.json", answer)
    assert found.status == 3
    lines = [line.split()[:3] for line in found.out.splitlines()]
    assert lines == [
        ["bad", str(bad)],
        ["ok", str(instance), "allocation"],
        ["bad", str(tmp_path / "none.json")],
        ["ok", str(answer), "solution/allocation"],
    ]
    assert "servers[0].ghz" in found.err
    assert "mastre" in found.err
    assert "no such file" in found.err


def test_schemas(optkit_command: Command) -> None:
    """Every format's JSON Schema is printed, under the names that stand in files."""
    names = optkit_command("schema").out.split()
    assert {"allocation", "solution"} <= set(names)
    for name in names:
        schema = optkit_command("schema", name).document
        assert schema["$schema"].startswith("https://json-schema.org/")
        assert schema["$id"]
        assert "schema" in schema["properties"]
    prefixed = optkit_command("schema", "optkit/allocation")
    assert prefixed.out == optkit_command("schema", "allocation").out


@pytest.mark.parametrize("ending", ["mps", "lp"])
def test_export_is_readable(
    optkit_command: Command, instance: Path, tmp_path: Path, ending: str
) -> None:
    """Another solver reads the exported model, and its variables have names."""
    path = tmp_path / f"model.{ending}"
    assert optkit_command("export", instance, "-o", path).status == 0
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    assert solver.readModel(str(path)) == highspy.HighsStatus.kOk
    assert solver.getNumCol() > 0
    assert "load_gbit" in path.read_text()
    solver.run()
    optimum = optkit.solve(optkit.load(instance), "milp").objective
    assert solver.getObjectiveValue() == pytest.approx(optimum, rel=1e-5)


@pytest.mark.parametrize(
    ("ending", "start"),
    [("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF")],
)
def test_figures(
    optkit_command: Command,
    instance: Path,
    answer: Path,
    tmp_path: Path,
    ending: str,
    start: bytes,
) -> None:
    """The file's ending decides what is drawn."""
    path = tmp_path / f"figure.{ending}"
    assert optkit_command("show", instance, answer, "-o", path).status == 0
    assert path.read_bytes().startswith(start)


class _Links(HTMLParser):
    """Gathers what a page would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.fetched: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name in ("src", "href", "xlink:href", "data") and value:
                self.fetched.append(value)


def test_the_page_stands_alone(
    optkit_command: Command, instance: Path, answer: Path, tmp_path: Path
) -> None:
    """The page holds figure and tables, fetches nothing, and escapes names."""
    document = json.loads(instance.read_text())
    document["name"] = "<script>alert(1)</script> & co"
    instance.write_text(json.dumps(document))
    path = tmp_path / "page.html"
    assert optkit_command("show", instance, answer, "-o", path).status == 0
    text = path.read_text()
    reader = _Links()
    reader.feed(text)
    assert {"svg", "table", "meta"} <= set(reader.tags)
    assert "script" not in reader.tags
    inside = ("#", "data:")
    assert [link for link in reader.fetched if not link.startswith(inside)] == []
    assert "@import" not in text
    assert "width=device-width" in text


def test_a_failing_solution_is_still_drawn(
    optkit_command: Command, instance: Path, answer: Path, tmp_path: Path
) -> None:
    """What is wrong goes to standard error and into the status, not in the way."""
    document = json.loads(answer.read_text())
    loads = document["solution"]["load_gbit"]
    loads[next(iter(loads))] += 1.0
    answer.write_text(json.dumps(document))
    path = tmp_path / "figure.svg"
    drawn = optkit_command("show", instance, answer, "-o", path)
    assert drawn.status == 12
    assert "error: " in drawn.err
    assert path.exists()
    printed = optkit_command("show", instance, answer)
    assert printed.status == 12
    assert printed.out != ""
