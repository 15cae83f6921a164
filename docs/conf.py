"""The documentation site: every page of `docs/`, and the reference from docstrings."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

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
# Links into the repository are none of the site's pages: their files are attached.
suppress_warnings = ["myst.header"]

templates_path = ["_templates"]
autosummary_generate = True
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False
# What pydantic needs and no reader does; and an alias, which has a page of its own.
autodoc_default_options = {"exclude-members": "model_config, cross_check, Options"}

html_theme = "furo"
html_title = f"optkit {release}"
# Everything comes from the site itself: it is read offline, too.
html_static_path = ["_static"]


def setup(app: Any) -> None:
    """Write what is generated before the pages are read, nothing of an earlier build."""
    import generated
    import typeset

    here = Path(__file__).parent
    shutil.rmtree(here / "reference" / "generated", ignore_errors=True)
    generated.write(here / "_generated")
    app.add_transform(typeset.Attachments)
    app.add_transform(typeset.Indices)
    app.connect("autodoc-process-signature", typeset.signature)
    app.add_css_file("narrow.css")
