"""The page of a report: it is complete, loads nothing, and works in a real browser."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from copy import deepcopy
from html.parser import HTMLParser
from pathlib import Path

import pytest

from optkit.bench.record import Outcome
from optkit.bench.report.content import Content, Row
from optkit.bench.report.page import render_page
from optkit.cli.app import main


@pytest.fixture(scope="module")
def page(reported_study: Path) -> Path:
    """Return the study's report."""
    path = reported_study.parent / "report.html"
    assert (
        main(["--quiet", "bench", "report", str(reported_study), "-o", str(path)]) == 0
    )
    return path


class Links(HTMLParser):
    """Collects the elements of a page, and everything that it could load."""

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Record an element."""
        self.tags.append(tag)
        for name, value in attrs:
            if name in ("src", "href", "srcset", "action") and value:
                self.loads.append(value)


@pytest.mark.slow
def test_the_page_is_complete_and_loads_nothing(page: Path) -> None:
    """Pictures are in the file, links stay within it, and names are escaped."""
    text = page.read_text()
    links = Links()
    links.feed(text)
    assert all(link.startswith(("data:image/", "#")) for link in links.loads)
    assert links.tags.count("img") >= 4 + 3, (
        "charts of the study, and pictures of each instance"
    )
    assert "&lt;b&gt;small&lt;/b&gt; &amp; plain" in text
    assert "<script>alert(1)" not in text
    assert "default-src 'none'" in text
    for section in ("Failures and exclusions", "too small", "Run it again", "PAR10"):
        assert section in text
    assert "9 of 9 runs finished" in text


def test_an_objective_that_failed_its_check_is_struck_out(content: Content) -> None:
    """An unverified objective is struck out, and sorted behind all verified ones."""
    content = deepcopy(content)
    page = content.families[0].instances[0]
    failed = page.rows[0].record.model_copy(
        update={"outcome": Outcome.FAILED_CHECK, "objective": 1.25}
    )
    page.rows[0] = Row(failed, None)
    text = render_page(content, "command").decode()
    assert text.count('<s title="reported, but not verified">1.25</s>') == 2
    assert 'data-v="1.25"' not in text


CHECKS = """
<script>
addEventListener("load", () => {
  const checks = {};
  const table = document.querySelector("table[id^=results-]");
  const cells = (column) => [...table.tBodies[0].rows].filter((r) => !r.hidden)
    .map((r) => Number(r.cells[column].dataset.v));
  dispatchEvent(new Event("beforeprint"));
  checks.closed = document.querySelectorAll("details:not([open])").length;
  dispatchEvent(new Event("afterprint"));
  checks.folded = document.querySelectorAll("details:not([open])").length;
  const head = table.tHead.rows[0].cells[4].querySelector("button");
  head.click(); checks.up = cells(4);
  head.click(); checks.down = cells(4);
  const filter = document.querySelector("input.filter");
  filter.value = "ga"; filter.dispatchEvent(new Event("input"));
  checks.filtered = [...table.tBodies[0].rows].filter((r) => !r.hidden)
    .map((r) => r.cells[1].textContent);
  document.querySelectorAll("details").forEach((d) => { d.open = true; });
  const images = [...document.images];
  images.forEach((i) => { i.loading = "eager"; });
  Promise.all(images.map((i) => i.decode().catch(() => null))).then(() => {
    checks.broken = images.filter((i) => !i.naturalWidth).length;
    checks.images = images.length;
    checks.wide = document.documentElement.scrollWidth - innerWidth;
    const out = document.createElement("pre");
    out.id = "checks"; out.textContent = JSON.stringify(checks);
    document.body.append(out);
  });
});
</script>
"""


def _dumped(
    browser: str, page: Path, profile: Path
) -> subprocess.CompletedProcess[str]:
    """Return what Chromium makes of a page on a phone's width."""
    return subprocess.run(
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
            f"--user-data-dir={profile}",
            "--window-size=500,900",
            "--enable-logging=stderr",
            "--virtual-time-budget=20000",
            "--dump-dom",
            page.as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


@pytest.mark.slow
def test_it_works_in_a_browser_on_a_phone(page: Path, tmp_path: Path) -> None:
    """Sorting, filtering and pictures work in Chromium, without console messages."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    probe = tmp_path / "probe.html"
    probe.write_text(page.read_text().replace("</body>", CHECKS + "</body>"))
    for _ in range(3):  # on a busy machine, Chromium may dump a page before it is read
        done = _dumped(browser, probe, tmp_path / "profile")
        match = re.search(r'<pre id="checks">(.*?)</pre>', done.stdout)
        if match:
            break
    assert match, done.stderr[-2000:]
    checks = json.loads(match.group(1))
    up = [v for v in checks["up"] if v is not None]
    assert up == sorted(up)
    assert len(up) >= 7
    down = [v for v in checks["down"] if v is not None]
    assert down == sorted(up, reverse=True)
    assert set(checks["filtered"]) == {"ga"}
    assert checks["closed"] == 0, "folded parts are printed"
    assert checks["folded"] > 3
    assert checks["images"] > 4
    assert checks["broken"] == 0
    assert checks["wide"] <= 0, "nothing is wider than a phone"
    assert "CONSOLE" not in done.stderr, done.stderr[-2000:]
