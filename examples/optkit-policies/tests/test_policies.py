"""The contract tests of policies, as any package can run them on its own."""

from optkit_policies import Drift, LeastBacklog, Patient

from optkit.testing import parametrize_with_policy_contract


@parametrize_with_policy_contract([LeastBacklog, Drift, Patient])
def test_contract(check):
    """Every policy keeps every promise; among them, not to know the future."""
    check()
