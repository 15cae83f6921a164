"""The help of options that name a backend."""

from __future__ import annotations

from optkit.backends.registry import NAMES, PYOMO, installed, package_of


def backends_here() -> str:
    """Say which backends are installed, and what the others need."""
    there = installed()
    named = ", ".join(name for name in NAMES if there[name])
    text = (
        f"Backend for the solver's models. Here: {named}, and {PYOMO}NAME for a solver"
    )
    text += " that Pyomo calls, such as pyomo:cbc."
    missing = [
        f"{name} (pip install {package_of(name)})" for name in NAMES if not there[name]
    ]
    return f"{text} Not installed: {', '.join(missing)}." if missing else text
