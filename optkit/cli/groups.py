"""The groups of a help page, in their order."""

from __future__ import annotations

from cyclopts import Group

COMMANDS = Group("Commands", sort_key=0)
ARGUMENTS = Group("Arguments", sort_key=1)
OPTIONS = Group("Options", sort_key=2)
COMMON = Group("Options of every command", sort_key=3)
