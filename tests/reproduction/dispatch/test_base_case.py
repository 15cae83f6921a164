"""Claims on Figs. 2 and 3."""

from __future__ import annotations

from optkit.reproduction.dispatch import base_case
from tests.reproduction.dispatch.cases import (
    FAILS,
    HOLDS,
    IN_PART,
    costs,
    made_up_study,
    verdicts,
)


def test_base_case() -> None:
    """Claims on Figs. 2 and 3 hold for a policy ahead of all others."""
    ahead = made_up_study(
        ["base"], costs(mdp=7.0), lambda name: 3.0 if name == "selfish" else 0.0
    )
    assert verdicts(base_case.FIGURE, ahead) == [HOLDS] * 6
    behind = made_up_study(
        ["base"], costs(mdp=12.0), lambda name: 3.0 if name == "mdp" else 0.0
    )
    assert verdicts(base_case.FIGURE, behind) == [FAILS] * 6


def test_base_case_in_part() -> None:
    """A policy ahead of Random alone holds in part."""
    study = made_up_study(["base"], costs(random=20.0, mdp=10.5))
    assert verdicts(base_case.FIGURE, study) == [
        *[IN_PART] * 3,
        HOLDS,
        FAILS,
        IN_PART,
    ]
