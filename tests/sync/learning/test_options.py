"""Options of training: contradictions are refused, former names are accepted."""

from __future__ import annotations

import pytest

from optkit.core.errors import UsageError
from optkit.core.options import make_options
from optkit.sync.learning.options import TrainingOptions


def test_contradictory_options_are_refused() -> None:
    """Options that would have no effect together are refused."""
    with pytest.raises(ValueError, match="shared actors only"):
        TrainingOptions(method="policy-gradient", actors="router")
    with pytest.raises(ValueError, match="give both"):
        TrainingOptions(least_cost_weight=0.1)


def test_renamed_options_keep_their_former_names() -> None:
    """Commands and files with the former names of options mean the same."""
    expected = TrainingOptions(gae_lambda=0.7, max_grad_norm=2.0)
    former = {"trace": 0.7, "gradient_norm": 2.0}
    assert TrainingOptions.model_validate(former) == expected
    for given in (former, {"gae-lambda": 0.7, "gradient-norm": 2.0}):
        assert make_options(TrainingOptions, given, "trainer sync") == expected
    with pytest.raises(UsageError, match="gae_lambda"):
        make_options(TrainingOptions, {"trace": 2.0}, "trainer sync")
