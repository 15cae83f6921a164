"""What a recording of moving nodes holds: positions, or contacts."""

from __future__ import annotations

from dataclasses import dataclass, field

from optkit.core.arrays import Floats
from optkit.core.files.left_out import LeftOut


@dataclass(frozen=True, eq=False)
class Track:
    """Positions of a node over time.

    Parameters
    ----------
    times
        Seconds from the start of the recording, ascending, shape (samples,).
    positions
        Metres, shape (samples, 2).
    """

    times: Floats
    positions: Floats


@dataclass(frozen=True, eq=False)
class Recording:
    """A whole source.

    Parameters
    ----------
    kind
        Kind of recording, in words.
    names
        The nodes.
    tracks
        One per node; empty for contacts.
    contacts
        (node, node, from, to): nodes by number, times in seconds from the start of the
        recording.
    left_out
        What was left out.
    """

    kind: str
    names: list[str]
    tracks: list[Track] = field(default_factory=list)
    contacts: list[tuple[int, int, float, float]] = field(default_factory=list)
    left_out: LeftOut = field(default_factory=LeftOut)

    @property
    def seconds(self) -> float:
        """Length of the recording, s."""
        ends = [track.times[-1] for track in self.tracks]
        return float(max([*ends, *(until for *_, until in self.contacts)], default=0.0))
