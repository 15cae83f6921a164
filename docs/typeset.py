"""Sub- and superscripts, links to files outside the pages, and readable signatures.

The pages write mathematics as plain text, `y_i` or `γ^{i+1}`, which is readable in any
viewer of Markdown. On the site they become sub- and superscripts, without any script.
"""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from pydantic import BaseModel
from sphinx import addnodes
from sphinx.transforms import SphinxTransform

INDEX = re.compile(
    r"(?<=[^\s_^`])(?P<mark>[_^])"
    r"(?:\{(?P<braced>(?:[^{}]|\{[^{}]*\})+)\}"
    r"|(?P<bare>(?:parent|lca|block)\([^()]*\)|[^\W_⁰¹²³⁴-⁹]+(?:['’](?!\w))?|[*†‡−-][^\W_]*))"
)
"""`_` or `^` after a character, then a word, a function's value, or text in braces."""


def typeset(text: str) -> Iterator[nodes.Node]:
    """Yield the nodes of a text, with its sub- and superscripts."""
    start = 0
    for match in INDEX.finditer(text):
        if match.start() > start:
            yield nodes.Text(text[start : match.start()])
        kind = nodes.subscript if match["mark"] == "_" else nodes.superscript
        yield kind("", "", *typeset(match["braced"] or match["bare"]))
        start = match.end()
    if start < len(text):
        yield nodes.Text(text[start:])


class Indices(SphinxTransform):
    """Set sub- and superscripts on every page but the reference; code stays as it is."""

    default_priority = 900

    def apply(self, **_: Any) -> None:
        """Replace each text that has sub- or superscripts."""
        if self.env.docname.startswith("reference/"):
            return
        for text in list(self.document.findall(nodes.Text)):
            parent = text.parent
            if isinstance(parent, nodes.literal | nodes.FixedTextElement | nodes.raw):
                continue
            if INDEX.search(text):
                parent.replace(text, list(typeset(text)))
        for block in self.document.findall(nodes.literal_block):
            # Indented blocks are formulas; code is in fenced blocks.
            if block.get("language") == "none":
                text, block.rawsource = block.astext(), ""
                block.clear()
                block.extend(typeset(text))


class Attachments(SphinxTransform):
    """Attach files of the repository that pages link to, such as results of benchmarks."""

    default_priority = 10

    def apply(self, **_: Any) -> None:
        """Make a download of each link to a file that is not a page of the site."""
        page = Path(self.env.doc2path(self.env.docname))
        for link in list(self.document.findall(addnodes.pending_xref)):
            file = (page.parent / link.get("reftarget", "")).resolve()
            if file.is_dir():
                file = file / "index.html"
            elif not file.suffix:
                file = file.with_suffix(".md")
            if file.is_file() and not file.is_relative_to(self.env.srcdir):
                target = os.path.relpath(file, page.parent)
                attached = addnodes.download_reference(
                    "", "", *link.children, reftarget=target, refdoc=self.env.docname
                )
                link.replace_self(attached)


def signature(
    app: object, what: str, name: str, obj: Any, options: object, text: str, result: str
) -> tuple[str, str] | None:
    """Return the signature of a model or dataclass as the names of its fields."""
    if what != "class" or not text:
        return None
    if issubclass(obj, BaseModel):
        return f"({', '.join(('*', *obj.model_fields))})", result
    if dataclasses.is_dataclass(obj) and "<f" in text:
        return f"({', '.join(field.name for field in dataclasses.fields(obj))})", result
    return None
