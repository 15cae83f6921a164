"""Options of generators that take a given network."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, PlainValidator, field_validator, model_validator

from optkit.core.errors import InvalidFileError
from optkit.core.files.text import read_json
from optkit.core.options import Options
from optkit.network.assumptions import parse_rule
from optkit.network.network import Network


def _path_or_network(value: Any) -> Any:
    if value is None or isinstance(value, Network | Path):
        return value
    if isinstance(value, str) and value:
        return Path(value)
    raise ValueError("a network file is expected, or an optkit.Network")


class GivenNetwork(Options):
    """The network from which an instance is made, and rules for what it does not say."""

    # From Python, this can be an optkit.Network; the command line knows files only.
    network: Annotated[Path | None, PlainValidator(_path_or_network)] = Field(
        None,
        description="Network file from which the instance is made, instead of a random"
        " network.",
    )
    assume: tuple[str, ...] = Field(
        (),
        description="With network: rule for what the file does not say, such as gbps=10"
        " or ghz=uniform:1:10; may be repeated. Otherwise, defaults are taken and said.",
    )
    strict: bool = Field(
        False,
        description="With network: refuse what would be filled by a default.",
    )

    @field_validator("assume", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    @field_validator("assume")
    @classmethod
    def _rules(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        names = [parse_rule(text)[0] for text in value]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"two rules for {name}; keep one")
        return value

    @model_validator(mode="after")
    def _with_network(self) -> GivenNetwork:
        given = [name for name in ("assume", "strict") if getattr(self, name)]
        if given and self.network is None:
            raise ValueError(
                f"{' and '.join(given)} have no effect without network; name its file"
            )
        return self


def _paths_or_networks(value: Any) -> Any:
    listed = value if isinstance(value, tuple | list) else (value,)
    return tuple(map(_path_or_network, listed))


class ChangingNetwork(GivenNetwork):
    """A network that changes: others take its place at given times."""

    # From Python, these can be optkit.Networks; the command line knows files only.
    then: Annotated[tuple[Path, ...], PlainValidator(_paths_or_networks)] = Field(
        (),
        description="With network: network file that takes its place at the time that at"
        " gives; may be repeated, in order.",
    )
    at: tuple[int, ...] = Field(
        (),
        description="With then: when it does: number of the window (discovery), slot"
        " (sync) or broadcast interval (dispatch), counted from 0; one for each.",
    )

    @field_validator("at", mode="before")
    @classmethod
    def _one_or_many_times(cls, value: Any) -> Any:
        return (value,) if isinstance(value, int) else value

    @model_validator(mode="after")
    def _with_times(self) -> ChangingNetwork:
        if (self.then or self.at) and self.network is None:
            raise ValueError(
                "then and at have no effect without network; name its file"
            )
        if len(self.then) != len(self.at):
            raise ValueError(
                f"then is given {len(self.then)} times and at {len(self.at)} times; give"
                " one at for each then"
            )
        if any(time < 1 for time in self.at):
            raise ValueError(
                f"at: {', '.join(map(str, self.at))}: a change is at 1 or later; what is"
                " there at 0 is the network that network names"
            )
        if any(after <= before for before, after in pairwise(self.at)):
            raise ValueError(
                f"at: {', '.join(map(str, self.at))} do not increase; give the changes in"
                " the order in which they happen"
            )
        return self


def given_network(options: GivenNetwork) -> tuple[Network, Path]:
    """Return the network that options name, and the file for messages.

    Raises
    ------
    InvalidFileError
        If the file cannot be read or is no network.
    """
    return _network(options.network)


def given_networks(options: ChangingNetwork) -> list[tuple[Network, Path]]:
    """Return the network that options name, then those that take its place.

    Raises
    ------
    InvalidFileError
        If a file cannot be read or is no network; with all that is wrong in that file.
    """
    return [_network(source) for source in (options.network, *options.then)]


def _network(source: Any) -> tuple[Network, Path]:
    if isinstance(source, Network):
        return source, Path(source.name)
    data = read_json(source)
    if isinstance(data, dict) and data.get("schema") != Network.SCHEMA:
        kind = data.get("schema")
        raise InvalidFileError(
            str(source),
            [
                f"its schema is {str(kind)[:60]!r}, not {Network.SCHEMA!r}; optkit import"
                " makes a network of other files"
            ],
        )
    return Network.parse(data, str(source)), Path(source)
