"""The documentation's examples run, and its links lead somewhere."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path

import pytest

import optkit
from optkit.cli.app import main
from optkit.cli.parser import parse
from optkit.cli.terminal import Terminal

DOCS = Path(__file__).resolve().parent.parent / "docs"
ROOT = DOCS.parent

RUN = [
    DOCS / "index.md",
    DOCS / "network.md",
    DOCS / "changing-networks.md",
    DOCS / "freshness.md",
    *(
        DOCS / "how-to" / f"{name}.md"
        for name in (
            "dispatch-policy",
            "notebook",
            "solver",
            "sync-policy",
            "train-an-agent",
        )
    ),
    *sorted(DOCS.glob("tutorials/*.md")),
]
"""Pages that are typed from top to bottom: programs, what they print, and commands."""

BLOCK = re.compile(
    r"^```(python|text|console)\n(.*?)^```", flags=re.DOTALL | re.MULTILINE
)
"""A program or commands; text is what the program right before it prints."""


@pytest.mark.slow
@pytest.mark.parametrize("page", RUN, ids=lambda page: page.stem)
def test_examples_of_a_page_run(
    page: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A reader who types a page from top to bottom gets what it promises to print."""
    blocks = BLOCK.findall(page.read_text())
    assert blocks, "a tutorial without an example"
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for language, block in blocks:
        if language == "text":
            assert capsys.readouterr().out == block
            continue
        capsys.readouterr()
        if language == "python":
            exec(compile(block, str(page), "exec"), names)
            continue
        for line in block.splitlines():
            assert line.startswith("$ optkit "), line
            assert main(shlex.split(line.removeprefix("$ optkit "))) == 0, line


def _solved_elsewhere() -> None:
    """Write a network, its model, and what HiGHS finds for the model."""
    import highspy

    network = optkit.generate("allocation", servers=4, seed=1)
    optkit.save_instance(network, "instance.json")
    assert main(["export", "instance.json", "-o", "model.mps"]) == 0
    solver = highspy.Highs()
    solver.silent()
    solver.readModel("model.mps")
    solver.run()
    solver.writeSolution("model.sol", 0)


def _study() -> None:
    """Write the exported runs of a study."""
    import pandas

    columns = {"family": ["sync"], "label": ["gradient"], "status": ["optimal"]}
    pandas.DataFrame(columns).to_parquet("runs.parquet")


def _licensed() -> None:
    """Skip the page of a solver that users bring where it is not installed."""
    pytest.importorskip("gurobipy")


PREPARED = {
    "other-solvers": _solved_elsewhere,
    "solver-licence": _licensed,
    "studies": _study,
}
"""What has to be there before the programs of a page."""

PROGRAMS = [
    page
    for page in sorted(DOCS.rglob("*.md"))
    if page not in RUN and "```python" in page.read_text()
]
"""The other pages with programs."""


@pytest.mark.slow
@pytest.mark.parametrize("page", PROGRAMS, ids=lambda page: page.stem)
def test_programs_of_every_other_page_run(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Programs on pages that are not meant to be typed as a whole run as well."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(ROOT / "examples" / "optkit-keep"))
    PREPARED.get(page.stem, lambda: None)()
    names: dict[str, object] = {}
    for language, block in BLOCK.findall(page.read_text()):
        if language == "python":
            exec(compile(block, str(page), "exec"), names)


def test_every_command_of_every_page_is_understood() -> None:
    """Commands that take too long to run have the options and commands that there are."""
    pages = [*DOCS.rglob("*.md"), *ROOT.glob("*.md"), *ROOT.glob("*/README.md")]
    understood = 0
    for page in pages:
        for line in re.findall(r"^\$ optkit (.*)$", page.read_text(), re.MULTILINE):
            words = shlex.split(line, comments=True)
            if "|" in words:
                words = words[: words.index("|")]
            try:
                parse(words, Terminal.open())
            except Exception as error:
                pytest.fail(f"{page.name}: optkit {line}: {error}")
            understood += 1
    assert understood > 30


def test_links_of_every_page_lead_somewhere() -> None:
    """A page that was renamed takes its links along."""
    for page in DOCS.rglob("*.md"):
        if page.parent.name.startswith("_"):
            continue
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text()):
            if "://" not in target and not target.startswith("mailto:"):
                assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_page_is_in_a_table_of_contents() -> None:
    """A page that nobody can reach is no documentation."""
    index = (DOCS / "index.md").read_text()
    for page in DOCS.rglob("*.md"):
        name = page.relative_to(DOCS).with_suffix("").as_posix()
        if not name.startswith("_") and name != "index":
            assert f"\n{name}\n" in index, f"{name} is missing in docs/index.md"


def test_indices_are_set_as_such() -> None:
    """Formulas on the site read as formulas, and code stays code."""
    pytest.importorskip("sphinx", reason="the site is built with the extra docs")
    sys.path.insert(0, str(DOCS))
    try:
        from typeset import typeset
    finally:
        sys.path.remove(str(DOCS))

    def shown(text: str) -> str:
        return "".join(map(str, typeset(text)))

    assert shown("Y_t/Y'_t") == "Y<subscript>t</subscript>/Y'<subscript>t</subscript>"
    assert shown("γ^{t_B} x") == (
        "γ<superscript>t<subscript>B</subscript></superscript> x"
    )
    assert shown("d_lca(i,j)") == "d<subscript>lca(i,j)</subscript>"
    assert shown("K_v²(1 − x_ν)") == (
        "K<subscript>v</subscript>²(1 − x<subscript>ν</subscript>)"
    )
    assert shown("F_c', as A_v's") == (
        "F<subscript>c'</subscript>, as A<subscript>v</subscript>'s"
    )
    assert shown("no _index_ here") == "no _index_ here"
