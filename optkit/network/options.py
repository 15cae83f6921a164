"""Options of generators that take a given network."""

from __future__ import annotations

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


def given_network(options: GivenNetwork) -> tuple[Network, Path]:
    """Return the network that options name, and the file for messages.

    Raises
    ------
    InvalidFileError
        If the file cannot be read or is no network.
    """
    source: Any = options.network
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
