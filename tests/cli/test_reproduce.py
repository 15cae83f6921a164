"""``optkit reproduce``: what it lists, runs, keeps and refuses."""

from __future__ import annotations

import json
import re
import shlex
import sys
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from optkit.core.solving import registry
from tests.cli import toy_reproductions
from tests.cli.command import Command

RECORD = "findings.json"

BARE = ("--pictures", "no")
"""Flags that leave out pictures, which take most of the time of a test."""


@pytest.fixture(autouse=True)
def toys(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, int, int]]]:
    """Add a family with fast reproductions; yield the list of their runs."""
    families = registry.families()
    toy = replace(
        families["allocation"],
        name="toy",
        reproductions="tests.cli.toy_reproductions:REPRODUCTIONS",
    )
    monkeypatch.setattr(registry, "families", lambda: {**families, "toy": toy})
    toy_reproductions.CALLS.clear()
    yield toy_reproductions.CALLS
    toy_reproductions.CALLS.clear()


def files(folder: Path) -> set[str]:
    """Return the names of the files and folders in a folder."""
    return {path.name for path in folder.iterdir()}


class Page(HTMLParser):
    """The tags, texts and links of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Record a tag."""
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Record a text."""
        self.texts.append(data)


@pytest.mark.parametrize("words", [(), ("list",)])
def test_list_names_everything(optkit_command: Command, words: tuple[str, ...]) -> None:
    """Without a name, or for ``list``, all reproductions are listed and none is run."""
    answer = optkit_command("reproduce", *words)
    assert answer.status == 0
    assert "toy/fig-1" in answer.out
    assert "allocation/fig-12" in answer.out
    assert not toy_reproductions.CALLS


def test_broken_lists_are_reported(
    optkit_command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list of reproductions that fails to load is named, and the others are shown."""
    families = registry.families()
    broken = replace(families["toy"], name="broken", reproductions="no_such_module:X")
    monkeypatch.setattr(registry, "families", lambda: {**families, "broken": broken})
    answer = optkit_command("reproduce", "list")
    assert answer.status == 0
    assert "toy/fig-1" in answer.out
    assert (
        "reproductions of family broken (no_such_module:X) failed to load" in answer.err
    )


def test_list_as_json(optkit_command: Command) -> None:
    """The JSON list has the nine figures and tables of the paper, with rough times."""
    listed = optkit_command("reproduce", "--json").document
    names = [entry["name"] for entry in listed]
    ours = [name for name in names if name.startswith("allocation/")]
    figures = [f"allocation/fig-{number}" for number in range(5, 13)]
    assert ours == [*figures, "allocation/table-1"]
    assert all(entry["seconds"] > 0 and entry["title"] for entry in listed)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("toy/fig-11",), "'toy/fig-1'"),
        (("fig-1",), "'toy/fig-1'"),
        (("allocatoin",), "'allocation'"),
        (("list", "toy"), "cannot be combined"),
        (("toy", "--repetitions", "0"), "at least 1"),
        (("toy", "--time-limit", "0"), "more than 0"),
        (("toy", "--seed", "-1"), "-1"),
    ],
)
def test_usage(
    optkit_command: Command, tmp_path: Path, words: tuple[str, ...], message: str
) -> None:
    """An invalid word ends in 2 with a remedy, and writes nothing."""
    folder = tmp_path / "study"
    answer = optkit_command("reproduce", *words, "-o", folder)
    assert answer.status == 2
    assert message in answer.err
    assert not folder.exists()


def test_output_is_required(optkit_command: Command) -> None:
    """Without a folder for the results, nothing is computed."""
    answer = optkit_command("reproduce", "toy/fig-1")
    assert answer.status == 2
    assert "-o" in answer.err
    assert not toy_reproductions.CALLS


def test_the_folder_is_complete(optkit_command: Command, tmp_path: Path) -> None:
    """The folder has the record, the tables, the data and both kinds of picture."""
    answer = optkit_command("reproduce", "toy/fig-1", "-o", tmp_path, "--seed", 3)
    assert answer.status == 0
    assert str(tmp_path / "index.html") in answer.out
    folder = tmp_path / "toy-fig-1"
    pictures = {"picture.svg", "picture.png"}
    assert files(folder) == {RECORD, "table.csv", "runs.csv"} | pictures
    record = json.loads((folder / RECORD).read_text())
    assert record["schema"] == "optkit/reproduction"
    assert record["request"]["seed"] == 3
    assert record["versions"]["optkit"]
    assert record["machine"]["processors usable"]
    assert (folder / "table.csv").read_text().splitlines()[0] == "name,value (s)"


def test_the_recorded_command_asks_for_the_same_run(
    optkit_command: Command, tmp_path: Path
) -> None:
    """The recorded command line finds the results finished and keeps them."""
    options = ("--seed", 3, "--repetitions", 4, "--time-limit", 2.5, "--quick")
    optkit_command("reproduce", "toy/fig-1", "-o", tmp_path, *options)
    record = json.loads((tmp_path / "toy-fig-1" / RECORD).read_text())
    words = shlex.split(record["command"])
    words[words.index("-o") + 1] = str(tmp_path)
    again = optkit_command(*words[1:], "--json").document
    assert again[0]["kept"]


def test_json_is_one_document(optkit_command: Command, tmp_path: Path) -> None:
    """``--json`` prints one array with verdicts, folders, and whether each was kept."""
    summaries = optkit_command(
        "reproduce", "toy/fig-1", "-o", tmp_path, *BARE, "--json"
    ).document
    assert [entry["name"] for entry in summaries] == ["toy/fig-1"]
    assert not summaries[0]["kept"]
    assert summaries[0]["claims"][0]["verdict"] == "holds"


def test_finished_ones_are_kept(optkit_command: Command, tmp_path: Path) -> None:
    """A second command with the same settings keeps finished ones, and says so."""
    optkit_command("reproduce", "toy/fig-1", "-o", tmp_path, *BARE)
    answer = optkit_command(
        "reproduce", "toy/fig-1", "toy/fig-2", "-o", tmp_path, *BARE
    )
    assert "toy/fig-1: already there, kept" in answer.err
    assert [name for name, _, _ in toy_reproductions.CALLS] == [
        "toy/fig-1",
        "toy/fig-2",
    ]


@pytest.mark.parametrize(
    "change", [("--seed", "1"), ("--repetitions", "8"), ("--quick",), ("--force",)]
)
def test_other_settings_replace_the_results(
    optkit_command: Command, tmp_path: Path, change: tuple[str, ...]
) -> None:
    """Other settings, or ``--force``, replace the results and leave nothing else."""
    optkit_command("reproduce", "toy/fig-1", "-o", tmp_path, *BARE)
    assert (
        optkit_command("reproduce", "toy/fig-1", "-o", tmp_path, *BARE, *change).status
        == 0
    )
    assert len(toy_reproductions.CALLS) == 2
    assert files(tmp_path) == {"toy-fig-1", "index.html"}


def test_repetitions_reach_the_study(optkit_command: Command, tmp_path: Path) -> None:
    """The study gets its own number of repetitions, the quick one, or the user's."""
    for words in ((), ("--quick",), ("--quick", "--repetitions", "5")):
        optkit_command("reproduce", "toy/fig-1", "-o", tmp_path, *BARE, *words)
    assert [count for _, _, count in toy_reproductions.CALLS] == [7, 2, 5]


def test_ctrl_c_keeps_what_is_finished(optkit_command: Command, tmp_path: Path) -> None:
    """A stopped command leaves complete folders and their page, and can be resumed."""
    answer = optkit_command(
        "reproduce", "toy/fig-1", "toy/stopped", "-o", tmp_path, *BARE
    )
    assert answer.status == 130
    assert files(tmp_path) == {"toy-fig-1", "index.html"}
    again = optkit_command("reproduce", "toy/fig-1", "-o", tmp_path, *BARE)
    assert "kept" in again.err


def test_a_contradiction_stops_the_study(
    optkit_command: Command, tmp_path: Path
) -> None:
    """A contradiction ends in 1 with its message, and leaves no folder."""
    answer = optkit_command(
        "reproduce", "toy/wrong", "toy/fig-1", "-o", tmp_path, *BARE
    )
    assert answer.status == 1
    assert "below a proven bound" in answer.err
    assert files(tmp_path) == set()


def test_a_failed_write_leaves_the_old_folder(
    optkit_command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If a folder cannot be replaced, the old one stays as it was."""
    from optkit.reproduction.engine import store

    optkit_command("reproduce", "toy/fig-1", "-o", tmp_path, *BARE)
    before = (tmp_path / "toy-fig-1" / RECORD).read_text()

    def fail(table: object) -> str:
        raise OSError("the disk is full")

    monkeypatch.setattr(store, "as_csv", fail)
    again = optkit_command("reproduce", "toy/fig-1", "-o", tmp_path, *BARE, "--seed", 1)
    assert again.status == 1
    assert files(tmp_path) == {"toy-fig-1", "index.html"}
    assert (tmp_path / "toy-fig-1" / RECORD).read_text() == before


def test_a_failed_rename_puts_the_old_folder_back(
    optkit_command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the new folder cannot be moved into place, the old one comes back."""
    optkit_command("reproduce", "toy/fig-1", "-o", tmp_path, *BARE)
    before = (tmp_path / "toy-fig-1" / RECORD).read_text()
    rename = Path.rename

    def fail_once(path: Path, target: Path) -> Path:
        if path.suffix == ".tmp":
            raise OSError("no")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", fail_once)
    optkit_command("reproduce", "toy/fig-1", "-o", tmp_path, *BARE, "--force")
    monkeypatch.undo()
    assert files(tmp_path) == {"toy-fig-1", "index.html"}
    assert (tmp_path / "toy-fig-1" / RECORD).read_text() == before


def test_other_folders_are_not_touched(optkit_command: Command, tmp_path: Path) -> None:
    """A folder of that name with other content is refused before any work."""
    theirs = tmp_path / "toy-fig-1" / "thesis.tex"
    theirs.parent.mkdir()
    theirs.write_text("precious")
    answer = optkit_command("reproduce", "toy/fig-1", "-o", tmp_path, "--force")
    assert answer.status == 2
    assert theirs.read_text() == "precious"
    assert not toy_reproductions.CALLS


def test_without_matplotlib(
    optkit_command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the extra, pictures are left out with a note; required, they end in 13."""
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "matplotlib", None)
        asked = optkit_command(
            "reproduce", "toy/fig-1", "-o", tmp_path, "--pictures", "yes"
        )
        assert asked.status == 13
        assert "optkit[plot]" in asked.err
        without = optkit_command("reproduce", "toy/fig-1", "-o", tmp_path)
        assert without.status == 0
        assert "no pictures" in without.err
        assert "picture.svg" not in files(tmp_path / "toy-fig-1")
    optkit_command("reproduce", "toy/fig-1", "-o", tmp_path)
    assert "picture.svg" in files(tmp_path / "toy-fig-1")


def test_the_page_is_complete_and_safe(optkit_command: Command, tmp_path: Path) -> None:
    """The page is one file that loads nothing, and text in it is never markup."""
    optkit_command("reproduce", "toy/fig-1", "-o", tmp_path)
    optkit_command("reproduce", "toy/fig-2", "-o", tmp_path)
    text = (tmp_path / "index.html").read_text()
    page = Page(text)
    assert "script" not in {tag for tag, _ in page.tags}
    shown = "".join(page.texts)
    # In claims, tables, parameters and notes of both reproductions.
    assert shown.count(toy_reproductions.HOSTILE) >= 2 * 8
    links = [
        value
        for _, attributes in page.tags
        for key, value in attributes.items()
        if key in ("src", "href")
    ]
    assert links
    assert all(re.match(r"#|data:image/svg\+xml;base64,", str(link)) for link in links)
    viewport = {"name": "viewport", "content": "width=device-width, initial-scale=1"}
    assert ("meta", viewport) in page.tags
    assert "max-width: 100%" in text
    assert "overflow-x: auto" in text


def test_the_page_starts_with_the_verdicts(
    optkit_command: Command, tmp_path: Path
) -> None:
    """The counts of the verdicts are above everything else."""
    optkit_command("reproduce", "toy/fig-1", "toy/fig-2", "-o", tmp_path, *BARE)
    page = Page((tmp_path / "index.html").read_text())
    shown = " ".join(" ".join(page.texts).split())
    assert shown.index("8 claims:") < shown.index("◐ 2 holds in part")
    assert shown.index("◐ 2 holds in part") < shown.index("toy/fig-1: title of fig-1")
    assert "optkit reproduce toy/fig-1 -o" in shown


def test_a_damaged_record_is_replaced(optkit_command: Command, tmp_path: Path) -> None:
    """A record that cannot be read counts as missing, and is replaced."""
    optkit_command("reproduce", "toy/fig-1", "-o", tmp_path, *BARE)
    (tmp_path / "toy-fig-1" / RECORD).write_text('{"schema"')
    assert optkit_command("reproduce", "toy/fig-1", "-o", tmp_path, *BARE).status == 0
    assert len(toy_reproductions.CALLS) == 2


def test_a_file_for_a_folder(optkit_command: Command, tmp_path: Path) -> None:
    """A file in place of the folder is refused."""
    path = tmp_path / "study"
    path.write_text("")
    answer = optkit_command("reproduce", "toy/fig-1", "-o", path)
    assert answer.status == 2
    assert "name a folder" in answer.err


def test_the_page_has_the_order_of_the_paper(
    optkit_command: Command, tmp_path: Path
) -> None:
    """Figure 5 is above Figure 12."""
    from optkit.reproduction.engine import store

    optkit_command("reproduce", "toy/fig-1", "-o", tmp_path, *BARE)
    record = json.loads((tmp_path / "toy-fig-1" / RECORD).read_text())
    for name in ("toy/fig-12", "toy/fig-5"):
        folder = store.folder_of(tmp_path, name)
        folder.mkdir()
        (folder / RECORD).write_text(json.dumps({**record, "name": name}))
    names = [document["name"] for document in store.records(tmp_path)]
    assert names == ["toy/fig-1", "toy/fig-5", "toy/fig-12"]
