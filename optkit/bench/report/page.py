"""Write the report as one HTML file: it loads nothing and works offline and in print."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined

from optkit._version import __version__
from optkit.bench.report import tables
from optkit.bench.report.content import Content
from optkit.bench.report.formats import number, percent, timestamp
from optkit.bench.statistics.runs import GOOD_GAP
from optkit.core.display.html import STYLE


def render_page(content: Content, command: str) -> bytes:
    """Return the page.

    Parameters
    ----------
    content
        The content of the report.
    command
        The command that makes the runs again.
    """
    environment = Environment(
        loader=PackageLoader("optkit.bench.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"number": number, "timestamp": timestamp}
    template = environment.get_template("report.html.j2")
    text = template.render(
        content=content,
        command=command,
        version=__version__,
        good=percent(GOOD_GAP),
        base_style=STYLE,
        tables=tables,
    )
    return text.encode()
