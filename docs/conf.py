"""The documentation site: every page of `docs/`, and the reference from docstrings."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from optkit._version import __version__

project = "optkit"
author = "The optkit developers"
project_copyright = author
release = version = __version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.viewcode",
    "numpydoc",
]
exclude_patterns = ["_build", "_generated"]
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}

myst_enable_extensions = ["deflist", "fieldlist"]
myst_heading_anchors = 3
# Links into the repository (a solver's file, an instance) are none of the site's pages.
suppress_warnings = ["myst.xref_missing", "myst.header"]

templates_path = ["_templates"]
autosummary_generate = True
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False

html_theme = "furo"
html_title = f"optkit {release}"
# Everything comes from the site itself: it is read offline, too.
html_static_path: list[str] = []


def setup(app: object) -> None:
    """Write what is generated before the pages are read."""
    import generated

    generated.write(Path(__file__).parent / "_generated")
