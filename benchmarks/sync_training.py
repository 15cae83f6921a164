"""Speed of training: the compiled environment against PettingZoo with PyTorch.

    pip install -r benchmarks/requirements-peers.txt
    python benchmarks/sync_training.py [--updates 100] [--peer-updates 10]

The paper's size: 5 routers in a full mesh, 300 slots, an actor of 2 x 64 units for each
router, a centralised critic of 2 x 64, 8 episodes per batch, 4 epochs of 4 minibatches,
reward (19). Both train on episodes sampled by the same code. Ours compiles everything, from
an empty cache; the peer steps the environment of ``optkit.sync.learning.parallel_env`` and
learns in PyTorch, all actors in one batched product. Each runs in a process of its own;
times include the import of the libraries. The peer runs fewer updates, which all take the
same time, and its time for as many updates as ours is extrapolated from them.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

OPTIONS: dict[str, Any] = {
    "method": "mappo",
    "actors": "router",
    "reward": "paper",
    "learning_rate": 2e-3,
    "shuffle": True,
    "longest_report_period": 1,
}


def clock(began: tuple[float, float]) -> dict[str, float]:
    """Return wall-clock and processor seconds since ``began``."""
    return {
        "wall": time.perf_counter() - began[0],
        "cpu": time.process_time() - began[1],
    }


def instance() -> Any:
    """Return the training instance, with bursty loads for 20 episodes."""
    import optkit

    return optkit.generate("sync", seed=1, slots=6_000)


def ours(updates: int) -> dict[str, Any]:
    """Train with optkit and return times and the curve."""
    began = (time.perf_counter(), time.process_time())
    import jax

    import optkit

    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder) / "cache"
        cache.mkdir()
        jax.config.update("jax_compilation_cache_dir", str(cache))
        optkit.train("sync", [instance()], folder, 0, updates=updates, **OPTIONS)
        spent = clock(began)
        rows = json.loads((Path(folder) / "curve.json").read_text())["rows"]
    return {"updates": updates, **spent, "rows": rows}


def peer(updates: int) -> dict[str, Any]:
    """Train with PettingZoo and PyTorch and return times."""
    began = (time.perf_counter(), time.process_time())
    import torch

    from optkit.sync.learning.episode_sampling import episode_source
    from optkit.sync.learning.options import TrainingOptions
    from optkit.sync.learning.parallel_env import NotificationEnv
    from optkit.sync.problem.problem_data import problem_data

    training = instance()
    options = TrainingOptions(updates=updates, **OPTIONS)
    data = problem_data(training)
    source = episode_source([data], options)
    env = NotificationEnv(data, training.routers, lambda rng: source.sample(rng).arrays)
    torch.manual_seed(0)
    # Networks this small are slower on several threads than on one.
    torch.set_num_threads(1)
    agents = env.possible_agents
    width = env.observation_space(agents[0]).shape[0]
    bits = env.action_space(agents[0]).n
    count = len(agents)

    class Stacked(torch.nn.Module):
        """One layer of all actors at once."""

        def __init__(self, inputs: int, outputs: int, scale: float) -> None:
            super().__init__()
            weights = torch.empty(count, inputs, outputs)
            for matrix in weights:
                torch.nn.init.orthogonal_(matrix, scale)
            self.weights = torch.nn.Parameter(weights)
            self.biases = torch.nn.Parameter(torch.zeros(count, 1, outputs))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return torch.baddbmm(self.biases, x, self.weights)

    actor = torch.nn.Sequential(
        Stacked(width, 64, 2**0.5),
        torch.nn.Tanh(),
        Stacked(64, 64, 2**0.5),
        torch.nn.Tanh(),
        Stacked(64, bits, 0.01),
    )
    critic = torch.nn.Sequential(
        torch.nn.Linear(count * width, 64),
        torch.nn.Tanh(),
        torch.nn.Linear(64, 64),
        torch.nn.Tanh(),
        torch.nn.Linear(64, 1),
    )
    every = [*actor.parameters(), *critic.parameters()]
    adam = torch.optim.Adam(every, lr=options.learning_rate, eps=1e-5)
    marks = []
    for update in range(updates):
        obs_rows, action_rows, rewards, ends = [], [], [], []
        with torch.no_grad():
            for episode in range(options.episodes):
                views, _ = env.reset(seed=update * options.episodes + episode)
                while env.agents:
                    view = torch.from_numpy(np.stack([views[a] for a in agents]))
                    mu = actor(view[:, None])[:, 0]
                    chosen = torch.bernoulli(torch.sigmoid(mu))
                    moves = dict(zip(agents, chosen.numpy().astype(bool), strict=True))
                    views, reward, _, over, _ = env.step(moves)
                    obs_rows.append(view)
                    action_rows.append(chosen)
                    rewards.append(reward[agents[0]])
                    ends.append(over[agents[0]])
            views_all = torch.stack(obs_rows)
            bits_all = torch.stack(action_rows)

            def log_of(rows: torch.Tensor, moves: torch.Tensor) -> Any:
                mu = actor(rows.transpose(0, 1)).transpose(0, 1)
                law = torch.distributions.Bernoulli(logits=mu)
                return law.log_prob(moves).sum(-1), law.entropy().sum(-1)

            old, _ = log_of(views_all, bits_all)
            values = critic(views_all.flatten(1))[:, 0] / (1 - options.discount)
            estimate = torch.zeros(len(rewards))
            ahead = 0.0
            for t in reversed(range(len(rewards))):
                last = ends[t]
                following = float(values[t] if last else values[t + 1])
                error = rewards[t] + options.discount * following - float(values[t])
                carried = 0.0 if last else ahead
                ahead = error + options.discount * options.gae_lambda * carried
                estimate[t] = ahead
            targets = (estimate + values) * (1 - options.discount)
            estimate = (estimate - estimate.mean()) / (estimate.std() + 1e-8)
        rows = len(rewards) // options.minibatches
        for _ in range(options.epochs):
            order = torch.randperm(len(rewards))
            for part in range(options.minibatches):
                pick = order[part * rows : (part + 1) * rows]
                log, spread = log_of(views_all[pick], bits_all[pick])
                ratio = (log - old[pick]).exp()
                gain = estimate[pick, None]
                low, high = 1 - options.clip, 1 + options.clip
                surrogate = torch.minimum(ratio * gain, ratio.clamp(low, high) * gain)
                wrong = (targets[pick] - critic(views_all[pick].flatten(1))[:, 0]) ** 2
                loss = -surrogate.mean() - options.entropy * spread.mean()
                loss = loss + options.critic_weight * wrong.mean()
                adam.zero_grad()
                loss.backward()
                torch.nn.utils.clip_grad_norm_(every, options.max_grad_norm)
                adam.step()
        marks.append(clock(began))
    return {"updates": updates, "marks": marks}


def run(who: str, updates: int) -> dict[str, Any]:
    """Run one side in a process of its own."""
    command = [sys.executable, __file__, "--only", who, "--updates", str(updates)]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ)
    if done.returncode:
        raise SystemExit(done.stderr)
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def main() -> None:
    """Compare."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--updates", type=int, default=100)
    parser.add_argument("--peer-updates", type=int, default=6)
    parser.add_argument("--only", choices=("ours", "peer"))
    arguments = parser.parse_args()
    if arguments.only:
        side = {"ours": ours, "peer": peer}[arguments.only]
        print(json.dumps(side(arguments.updates)))
        return
    peer_result = run("peer", arguments.peer_updates)
    our_result = run("ours", arguments.updates)
    first, last = peer_result["marks"][0], peer_result["marks"][-1]
    for kind in ("wall", "cpu"):
        each = (last[kind] - first[kind]) / (arguments.peer_updates - 1)
        whole = first[kind] + (arguments.updates - 1) * each
        print(
            f"{kind}: optkit {our_result[kind]:.1f} s for {arguments.updates} updates,"
            f" compilation counted; PettingZoo and PyTorch {whole:.1f} s"
            f" ({each:.2f} s each); ratio {whole / our_result[kind]:.1f}"
        )
    print("update, seconds, validation reward (19), validation gap to optimum")
    for row in our_result["rows"]:
        if row["validation_gap"] is not None:
            print(
                f"{row['update']:>5} {row['seconds']:8.1f}"
                f" {row['validation_reward']:10.2f} {row['validation_gap']:8.2%}"
            )


if __name__ == "__main__":
    main()
