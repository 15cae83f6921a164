"""What Table I of Huang et al. prints."""

from __future__ import annotations

TABLE_1 = {
    "gradient": (60.2, 10.3369),
    "threshold": (75.2, 14.9037),
    "periodic": (75.7, 15.1896),
}
"""By strategy: mean reports of a device, and mean squared error of its reconstruction."""

FEWER = 1.0 - TABLE_1["gradient"][0] / TABLE_1["periodic"][0]
"""Share of the reports that the gradient strategy saves: the text's 20 %."""

LESS_ERROR = 1.0 - TABLE_1["gradient"][1] / TABLE_1["periodic"][1]
"""Share of the error that it saves: the text's 31.9 %."""
