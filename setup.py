"""Find the packages: ``models/`` is installed as ``optkit.models``."""

from setuptools import find_packages, setup

setup(packages=[*find_packages(include=["optkit", "optkit.*"]), "optkit.models"])
