"""The report: everything is in it, it loads nothing, and it works in a real browser."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from PIL import Image

from optkit.bench.plan import make_plan
from optkit.bench.record import Outcome
from optkit.bench.report import content as report_content
from optkit.bench.report.content import Row, gather
from optkit.bench.report.instances import EDGE, as_webp
from optkit.bench.report.line_styles import looks
from optkit.bench.report.page import (
    figure,
    moment,
    percent,
    render_page,
    seconds,
    sortable,
)
from optkit.bench.report.plots import cactus
from optkit.bench.report.rerun_suite import as_toml
from optkit.bench.study import Study
from optkit.bench.suite import load_suite
from optkit.cli.app import main
from optkit.plotting.output import PAGE_DPI

SUITE = """
schema = "optkit/suite"
schema_version = 1
name = "<b>small</b> & plain"
warm_up = false
limits = { time = 5 }
[[instances]]
generate = "allocation"
seeds = [1, 2, 3]
options = { servers = 6 }
[[solvers]]
solver = "block"
[[solvers]]
solver = "ga"
limits = { evaluations = 200 }
[[solvers]]
solver = "local"
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a finished study with a failure and an exclusion added by hand."""
    folder = tmp_path_factory.mktemp("report")
    suite = folder / "suite.toml"
    suite.write_text(SUITE)
    made = folder / "study"
    assert main(["--quiet", "bench", "run", str(suite), "-o", str(made)]) == 0
    lines = [json.loads(x) for x in (made / "journal.jsonl").read_text().splitlines()]
    nothing = dict.fromkeys(
        ("status", "reason", "objective", "bound", "gap", "verified")
    )
    lines[-1] |= {"outcome": "crash", "detail": "<script>alert(1)</script>", **nothing}
    lines[-2] |= {"outcome": "unsupported", "detail": "too small", **nothing}
    (made / "journal.jsonl").write_text("".join(json.dumps(x) + "\n" for x in lines))
    return made


@pytest.fixture(scope="module")
def page(study: Path) -> Path:
    """Return the study's report."""
    path = study.parent / "report.html"
    assert main(["--quiet", "bench", "report", str(study), "-o", str(path)]) == 0
    return path


class Links(HTMLParser):
    """Collects whatever a page could load, and counts its elements."""

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take notice of an element."""
        self.tags.append(tag)
        for name, value in attrs:
            if name in ("src", "href", "srcset", "action") and value:
                self.loads.append(value)


def test_the_page_holds_everything_and_loads_nothing(page: Path) -> None:
    """Pictures are inside the file, links stay in it, and names are escaped."""
    text = page.read_text()
    links = Links()
    links.feed(text)
    assert all(link.startswith(("data:image/", "#")) for link in links.loads)
    assert links.tags.count("img") >= 4 + 3, "the study's figures, and each instance's"
    assert "&lt;b&gt;small&lt;/b&gt; &amp; plain" in text
    assert "<script>alert(1)" not in text
    assert "default-src 'none'" in text
    for needed in ("Failures and exclusions", "too small", "Run it again", "PAR10"):
        assert needed in text
    assert "9 of 9 runs finished" in text


def test_content_counts_failures_and_exclusions_apart(study: Path) -> None:
    """A crash is a failure and in the means; what never began is neither."""
    content = gather(Study(study), drawings=False)
    assert [r.outcome for r in content.failures] == ["crash"]
    assert [count for *_, count in content.exclusions] == [1]
    (family,) = content.families
    assert family.summary["runs"].sum() == 8
    assert family.summary["failed"].sum() == 1
    assert all(
        page.best is not None and page.drawing is None for page in family.instances
    )
    assert all("optkit show" in page.how_to_draw for page in family.instances)


def test_an_unfinished_study_can_be_reported(tmp_path: Path) -> None:
    """A report of nothing yet says so and does not fail."""
    suite = tmp_path / "suite.toml"
    suite.write_text(SUITE)
    content = load_suite(suite)
    Study(tmp_path / "s").create(content, make_plan(content, tmp_path))
    path = tmp_path / "r.html"
    assert (
        main(["--quiet", "bench", "report", str(tmp_path / "s"), "-o", str(path)]) == 0
    )
    assert "0 of 9 runs finished" in path.read_text()
    assert "not finished" in path.read_text()


def test_the_suite_on_the_page_makes_the_same_runs(tmp_path: Path) -> None:
    """What a report calls the suite is read again as that suite, whatever is in it."""
    path = tmp_path / "suite.toml"
    odd = """
description = "a \\"b\\"\\nc é"
[kill]
time_grace = 20
[[instances]]
files = ["x/*.json"]
[[solvers]]
solver = "ga"
label = "large"
options = { population = 8 }
limits = { evaluations = 7 }
"""
    head, tables = SUITE.split("[[instances]]", 1)
    path.write_text(f"{head}{odd}[[instances]]{tables}")
    suite = load_suite(path)
    path.write_text(as_toml(suite))
    assert load_suite(path) == suite


def test_large_studies_draw_some_of_each_family(
    study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Past the most that is drawn, an instance has the command, and its curves."""
    monkeypatch.setattr(report_content, "MOST_DRAWN", 1)
    content = gather(Study(study))
    (family,) = content.families
    assert family.drawn == 1
    assert [bool(page.how_to_draw) for page in family.instances] == [False, True, True]
    assert all(page.convergence is not None for page in family.instances)
    assert "solutions of 1 of 3 instances" in render_page(content, "again").decode()


def test_a_drawing_is_cut_to_what_is_drawn() -> None:
    """Paper around a drawing goes, and nothing of the drawing does."""
    drawn = Figure(figsize=(4, 4), facecolor="white")
    drawn.add_axes((0.5, 0.5, 0.25, 0.25)).set_axis_off()
    drawn.axes[0].axhspan(0, 1, color="black")
    drawn.axes[0].set_ylim(0, 1)
    pixels = Image.open(io.BytesIO(as_webp(drawn)))
    side = PAGE_DPI + 2 * EDGE
    assert abs(pixels.width - side) <= 2
    assert abs(pixels.height - side) <= 2


def test_curves_go_on_to_the_end_of_the_picture() -> None:
    """Who proves half keeps half up to the limit, and who proves nothing is at zero."""
    runs = pd.DataFrame(
        {
            "label": ["half", "half", "none", "none"],
            "proof": [0.5, np.inf, np.inf, np.inf],
            "limit": [8.0] * 4,
        }
    )
    panel = cactus(runs, "proof", looks(["half", "none"]), "proven").axes[0]
    half, none = (np.asarray(line.get_xydata()) for line in panel.get_lines())
    assert half[-1].tolist() == [8.0, 0.5]
    assert [0.5, 0.5] in half.tolist()
    assert none[:, 1].tolist() == [0.0, 0.0]
    assert none[-1, 0] == 8.0


def test_a_claim_that_failed_its_check_is_not_listed_as_found(study: Path) -> None:
    """An objective nobody verified is struck out, and sorts behind all that were."""
    content = gather(Study(study), drawings=False)
    page = content.families[0].instances[0]
    claimed = page.rows[0].record.model_copy(
        update={"outcome": Outcome.FAILED_CHECK, "objective": 1.25}
    )
    page.rows[0] = Row(claimed, None)
    text = render_page(content, "again").decode()
    assert text.count('<s title="claimed, and not verified">1.25</s>') == 2
    assert 'data-v="1.25"' not in text


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        (figure(None), "–"),
        (figure(float("nan")), "–"),
        (figure(1 / 3), "0.333333"),
        (percent(1e-9), "< 0.0001 %"),
        (percent(0.0), "0 %"),
        (percent(0.25), "25 %"),
        (seconds(float("inf")), "∞"),
        (seconds(0.0123), "0.012"),
        (sortable(None), "1e999"),
        (moment("2026-01-31T23:05:09+00:00"), "2026-01-31 23:05 UTC"),
    ],
)
def test_figures_are_rounded_for_the_reader(shown: str, text: str) -> None:
    """What is missing is a dash, and what is tiny is not called zero."""
    assert shown == text


CHECKS = """
<script>
addEventListener("load", () => {
  const said = {};
  const table = document.querySelector("table[id^=results-]");
  const cells = (column) => [...table.tBodies[0].rows].filter((r) => !r.hidden)
    .map((r) => Number(r.cells[column].dataset.v));
  dispatchEvent(new Event("beforeprint"));
  said.closed = document.querySelectorAll("details:not([open])").length;
  dispatchEvent(new Event("afterprint"));
  said.again = document.querySelectorAll("details:not([open])").length;
  const head = table.tHead.rows[0].cells[4].querySelector("button");
  head.click(); said.up = cells(4);
  head.click(); said.down = cells(4);
  const filter = document.querySelector("input.filter");
  filter.value = "ga"; filter.dispatchEvent(new Event("input"));
  said.filtered = [...table.tBodies[0].rows].filter((r) => !r.hidden)
    .map((r) => r.cells[1].textContent);
  document.querySelectorAll("details").forEach((d) => { d.open = true; });
  const images = [...document.images];
  images.forEach((i) => { i.loading = "eager"; });
  Promise.all(images.map((i) => i.decode().catch(() => null))).then(() => {
    said.broken = images.filter((i) => !i.naturalWidth).length;
    said.images = images.length;
    said.wide = document.documentElement.scrollWidth - innerWidth;
    const out = document.createElement("pre");
    out.id = "said"; out.textContent = JSON.stringify(said);
    document.body.append(out);
  });
});
</script>
"""


def test_it_works_in_a_browser_on_a_phone(page: Path, tmp_path: Path) -> None:
    """Sorting, filtering and pictures work in Chromium, without a word on its console."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        pytest.skip("no Chromium here: apt-get install chromium")
    probe = tmp_path / "probe.html"
    probe.write_text(page.read_text().replace("</body>", CHECKS + "</body>"))
    done = subprocess.run(
        [
            browser,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--disable-quic",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            f"--user-data-dir={tmp_path / 'profile'}",
            "--window-size=500,900",
            "--enable-logging=stderr",
            "--virtual-time-budget=20000",
            "--dump-dom",
            probe.as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    found = re.search(r'<pre id="said">(.*?)</pre>', done.stdout)
    assert found, done.stderr[-2000:]
    said = json.loads(found.group(1))
    known = [v for v in said["up"] if v is not None]
    assert known == sorted(known)
    assert len(known) >= 7
    down = [v for v in said["down"] if v is not None]
    assert down == sorted(known, reverse=True)
    assert set(said["filtered"]) == {"ga"}
    assert said["closed"] == 0, "what is folded is printed"
    assert said["again"] > 3
    assert said["images"] > 4
    assert said["broken"] == 0
    assert said["wide"] <= 0, "nothing is wider than a phone"
    assert "CONSOLE" not in done.stderr, done.stderr[-2000:]
