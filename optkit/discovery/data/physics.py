"""Energy and accuracy of both discovery modes, equations (3) to (14), one function each.

Where an equation is lost or contradicts itself, the function says so; the literal form is
kept beside the repaired one. Energies are in J, times in s, rates in 1/s. Accuracies are
expectations of a binary sign, from 0 to 1.
"""

from __future__ import annotations

import numpy as np

from optkit.core.arrays import Floats


def completion_interval(service_s: float, units: int) -> float:
    """Return Δt1 = Γ_m / N_reso, the mean time between completed tasks (eq 3), s."""
    return service_s / units


def completed_tasks(observation_s: float, interval_s: float) -> float:
    """Return N̄_task = Δt2 / Δt1, the tasks completed between observations (eq 4)."""
    return observation_s / interval_s


def updates_between_observations(tasks: float, completed: float, nodes: int) -> float:
    """Return N_update = 2 min(N_task, N̄_task) (n − 1), (eqs 5 and 6).

    The factor 2 is there because every task occupies a resource and releases it. The two
    cases of the equations are read as the smaller of the two numbers.
    """
    return 2.0 * min(tasks, completed) * (nodes - 1)


def all_updates(period_s: float, observation_s: float, updates: Floats) -> float:
    """Return N_all = (T / Δt2) Σ_m N_update^m, the updates in a cycle (eq 7)."""
    return period_s / observation_s * float(np.sum(updates))


def agent_accuracy(changes: Floats | float) -> Floats:
    """Return E(Q_agent) = (1 − e^{−μτ}) / (μτ); the printed formula is lost.

    Parameters
    ----------
    changes
        μτ: mean number of changes of a state between updates. Changes are Poisson, and
        requests are uniformly distributed between two updates.
    """
    x = np.asarray(changes, dtype=float)
    safe = np.where(x > 1e-8, x, 1.0)
    return np.asarray(np.where(x > 1e-8, -np.expm1(-safe) / safe, 1.0))


def changes_for_accuracy(accuracy: Floats | float) -> Floats:
    """Return the μτ at which :func:`agent_accuracy` is ``accuracy``, between 0 and 1."""
    from scipy.special import lambertw

    inverse = 1.0 / np.asarray(accuracy, dtype=float)
    # (1 − e^{−x})/x = q has the solution x = 1/q + W(−e^{−1/q}/q).
    solution = inverse + lambertw(-inverse * np.exp(-inverse)).real
    return np.asarray(np.maximum(solution, 0.0), dtype=float)


def hop_shares(hops: Floats) -> Floats:
    """Return P_n, the share of all nodes at n hops of each node (eq 8).

    Parameters
    ----------
    hops
        Hops between all nodes of a connected network, shape (n, n).

    Returns
    -------
    Floats
        Shape (n, HC + 1), where HC is the largest number of hops; rows sum to 1.
    """
    count = len(hops)
    far = int(hops.max()) if count else 0
    return np.stack([(hops == n).sum(axis=1) for n in range(far + 1)], axis=1) / count


def self_accuracy_literal(sign: float, shares: Floats) -> Floats:
    """Return Q Σ P_n + (1 − Q) Σ (1 − P_n) (eq 9 as printed).

    By (8) this is Q + (1 − Q) HC, which is no probability if HC is above 1. It is kept to
    show that; no instance uses it.
    """
    covered = shares.sum(axis=1)
    return np.asarray(sign * covered + (1.0 - sign) * (1.0 - shares).sum(axis=1))


def self_accuracy_coverage(sign: float, covered: Floats | float) -> Floats:
    """Return Q F + (1 − Q)(1 − F): eq 9 with the covered share F = Σ P_n as a whole."""
    share = np.asarray(covered, dtype=float)
    return np.asarray(sign * share + (1.0 - sign) * (1.0 - share))


def self_accuracy(shares: Floats, decay: float) -> Floats:
    """Return E(Q_self) = Σ P_n e^{−ρ n}, our form: information ages with every hop."""
    return np.asarray(shares @ np.exp(-decay * np.arange(shares.shape[1])))


def mean_hops(shares: Floats) -> Floats:
    """Return H̄C = Σ n P_n (eq 12)."""
    return np.asarray(shares @ np.arange(shares.shape[1], dtype=float))


def agent_energy(
    requests: Floats, updates: Floats, send_j: float, receive_j: float
) -> Floats:
    """Return each node's part of D_agent = σ (e_send + e_obtain) + N_acc e_send (eq 10)."""
    return requests * (send_j + receive_j) + updates * send_j


def request_energy(
    nodes: int, shares: Floats, eccentricity: Floats, send_j: float, receive_j: float
) -> Floats:
    """Return D'_self, the energy of one request in self-directed mode (eqs 11 to 13).

    With HC ≥ 2: N e_s + Σ_{n=1}^{HC−1} P_n N (e_o + e_s) + N H̄C (e_o + e_s), where P_n N
    is the size of ring n (eq 11); with HC = 1: 2 N (e_s + e_o). This is as printed, though
    the branches do not join: the first leaves out what the last ring receives. A node that
    is alone in its network has no neighbours to flood.
    """
    both = send_j + receive_j
    ring = np.arange(shares.shape[1])
    inner = np.where(
        (ring >= 1) & (ring[None, :] < eccentricity[:, None]), shares, 0.0
    ).sum(axis=1)
    flood = nodes * (send_j + inner * both + mean_hops(shares) * both)
    near = np.full(len(shares), 2.0 * nodes * both)
    alone = np.zeros(len(shares))
    return np.select([eccentricity >= 2, eccentricity >= 1], [flood, near], alone)


def self_energy(requests: Floats, one_request_j: Floats) -> Floats:
    """Return D_self = σ D'_self (eq 14)."""
    return requests * one_request_j
