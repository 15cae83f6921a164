"""Find the packages: ``models/`` and ``instances/`` are installed inside ``optkit``."""

from setuptools import find_packages, setup

ELSEWHERE = ["optkit.models", "optkit.instances"]

setup(packages=[*find_packages(include=["optkit", "optkit.*"]), *ELSEWHERE])
