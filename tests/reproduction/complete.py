"""What every reproduction's findings must have."""

from __future__ import annotations

import numpy as np

from optkit.plotting.output import picture_files
from optkit.plotting.pictures import Picture
from optkit.reproduction.engine import Findings


def assert_complete(findings: Findings) -> None:
    """Assert that claims are judged, and that tables are finite and complete."""
    assert findings.claims
    for claim in findings.claims:
        parts = (claim.statement, claim.paper, claim.measured, claim.reason)
        assert all(parts)
        assert "nan" not in claim.measured
    for table in (*findings.tables.values(), *findings.data.values()):
        assert table.rows
        for row in table.rows:
            assert len(row) == len(table.columns)
            numbers = [cell for cell in row if isinstance(cell, float)]
            assert all(type(cell) is float and np.isfinite(cell) for cell in numbers)
    assert all(len(picture.caption) > 40 for picture in findings.pictures)


def assert_drawable(picture: Picture) -> None:
    """Assert that a picture can be drawn, as SVG and as PNG."""
    files = picture_files(picture, "svg", "png")
    assert files["png"].startswith(b"\x89PNG")
    assert b"<svg" in files["svg"]
