"""Tests of the campaign against the checker of certificates."""

from __future__ import annotations

from typing import Any

import pytest

from optkit.core.solving import seeds
from tests.fuzzing import certificate_run
from tests.fuzzing.bilevel_programs import KINDS, programs
from tests.fuzzing.certificate_run import accepted, certified, falsified, run


def test_no_falsified_certificate_is_accepted() -> None:
    """A program of integers, and one with a continuous part."""
    assert run(2, 40, 1, "mixed") == []
    assert run(2, 40, 1, "integer") == []


def test_a_checker_that_accepts_everything_is_found_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Accepted falsifications are faults, and so are certificates without the optimum."""

    def gullible(_: Any, certificate: Any) -> tuple[int, int]:
        return 0, 1

    monkeypatch.setattr(certificate_run, "check", gullible)
    assert len(run(1, 3, 1, "binary")) == 4


def test_falsified_certificates_differ_from_the_original() -> None:
    """Each claims more, or that there is no solution; the original stays as it is."""
    program = next(programs(1, 1, "integer", disguised=False))
    data, certificate = certified(program)
    rng = seeds.generator(1, "falsify", 0)
    changed = [falsified(certificate, rng) for _ in range(20)]
    assert all(other["bound"] != certificate["bound"] for other in changed)
    assert any(other["tree"] != certificate["tree"] for other in changed)
    assert accepted(data, certificate)


@pytest.mark.slow
def test_falsified_certificates_of_every_kind() -> None:
    """A program of every kind, 50 times each."""
    assert run(len(KINDS), 50, 2) == []
