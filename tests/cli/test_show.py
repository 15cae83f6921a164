"""``optkit show``: figures and pages."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.cli.command import Command


@pytest.mark.slow
@pytest.mark.parametrize(
    ("ending", "start"),
    [("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF")],
)
def test_the_ending_decides_the_format(
    optkit_command: Command,
    instance: Path,
    answer: Path,
    tmp_path: Path,
    ending: str,
    start: bytes,
) -> None:
    """Each ending gives a file of that format."""
    path = tmp_path / f"figure.{ending}"
    assert optkit_command("show", instance, answer, "-o", path).status == 0
    assert path.read_bytes().startswith(start)


class _Links(HTMLParser):
    """Collects the elements of a page, and everything that it could load."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name in ("src", "href", "xlink:href", "data") and value:
                self.loads.append(value)


@pytest.mark.slow
def test_the_page_is_complete_and_loads_nothing(
    optkit_command: Command, instance: Path, answer: Path, tmp_path: Path
) -> None:
    """The page has the figure and the tables, loads nothing, and escapes names."""
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
    assert [link for link in reader.loads if not link.startswith(inside)] == []
    assert "@import" not in text
    assert "width=device-width" in text


def test_a_solution_that_fails_the_check_is_still_shown(
    optkit_command: Command, instance: Path, answer: Path, tmp_path: Path
) -> None:
    """Its violations go to standard error, and the status is 12."""
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
