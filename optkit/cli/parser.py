"""The tree of commands, and which function a command line stands for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, CycloptsError, Parameter
from cyclopts.exceptions import UnknownCommandError, UnknownOptionError

from optkit._version import __version__
from optkit.cli import groups
from optkit.cli.terminal import Terminal

COMMANDS = {
    "solve": ("optkit.cli.solve:solve", "Solve an instance and check the answer."),
    "check": ("optkit.cli.check:check", "Check a solution file."),
    "validate": ("optkit.cli.validate:validate", "Validate files."),
    "schema": ("optkit.cli.schema:schema", "Print a file format's JSON Schema."),
    "solvers": ("optkit.cli.solvers:solvers", "List the solvers."),
    "generate": ("optkit.cli.generate:app", "Make a random instance."),
    "import": ("optkit.cli.importing:app", "Make an instance from another format."),
    "export": ("optkit.cli.export:export", "Write an instance's model as MPS or LP."),
    "train": ("optkit.cli.train:app", "Train a policy on instances."),
    "show": ("optkit.cli.show:show", "Print or draw an instance and its solution."),
    "pareto": ("optkit.cli.pareto:pareto", "Trace the front between two aims."),
    "reproduce": (
        "optkit.cli.reproduce:reproduce",
        "Compute tables and figures of papers again.",
    ),
    "bench": ("optkit.cli.bench:app", "Compare solvers in studies that survive."),
    "versions": ("optkit.cli.versions:versions", "List what computes here."),
}
"""Each command's place, and what it does in the list of commands."""

ABOUT = """Optimise networks that pool their computing power; check every answer.

For example:

  optkit generate allocation --servers 20 --seed 1 -o network.json
  optkit solve network.json -o answer.json
  optkit check network.json answer.json
  optkit show network.json answer.json -o picture.svg
"""

NOTES = """Every option can be set in the environment (OPTKIT_SOLVE_TIME_LIMIT=10m is \
optkit solve --time-limit 10m; OPTKIT_QUIET, OPTKIT_DEBUG, OPTKIT_CONFIG) and in the \
--config file ([solve] time-limit = "10m"). A flag goes before the environment, that \
before the file.

Exit status: 0 verified or passed, 1 internal error, 2 usage, 3 invalid file, \
10 proven infeasible, 11 no solution, 12 failed check, 13 not available, 130 interrupted.
"""

COMMON_FLAGS = ["--quiet", "--debug", "--config", "--version", "--help"]

Command = Callable[[], int]


def parse(tokens: Sequence[str], terminal: Terminal) -> Command:
    """Return what the command line asks for, ready to be called.

    Parameters
    ----------
    tokens
        What stands after ``optkit``.
    terminal
        What the command will write to; its quiet and debug are set from the flags.

    Raises
    ------
    CycloptsError
        If the command line makes no sense.
    """
    app = _tree(tokens, terminal)
    found: list[Command] = []

    def outer(
        *tokens: Annotated[str, Parameter(show=False, allow_leading_hyphen=True)],
        config: Annotated[
            Path | None, Parameter(group=groups.COMMON, env_var="OPTKIT_CONFIG")
        ] = None,
        quiet: Annotated[
            bool | None,
            Parameter(group=groups.COMMON, alias="-q", env_var="OPTKIT_QUIET"),
        ] = None,
        debug: Annotated[
            bool | None, Parameter(group=groups.COMMON, env_var="OPTKIT_DEBUG")
        ] = None,
    ) -> None:
        """Parse what every command has in common.

        Parameters
        ----------
        config
            TOML file with settings, a table a command.
        quiet
            Print results and errors only.
        debug
            Show where an error comes from.
        """
        # Known first, so that an error below is already shown as was asked for.
        terminal.quiet, terminal.debug = bool(quiet), bool(debug)
        from optkit.cli.settings import environment, settings_file

        sources: list[Any] = [environment]
        if config is not None:
            settings, common = settings_file(config, COMMANDS)
            sources.append(settings)
            terminal.quiet = common["quiet"] if quiet is None else quiet
            terminal.debug = common["debug"] if debug is None else debug
        app.config = tuple(sources)
        command, bound, ignored = app.parse_args(tokens)
        given = dict.fromkeys(ignored, terminal)
        found.append(partial(_call, command, *bound.args, **bound.kwargs, **given))

    app.meta.default(outer)
    command, bound, _ = app.meta.parse_args(tokens)
    if command is not outer:  # --help or --version
        return partial(_call, command, *bound.args, **bound.kwargs)
    outer(*bound.args, **bound.kwargs)
    return found[0]


def _call(command: Callable[..., Any], *args: Any, **kwargs: Any) -> int:
    """Run a command, or the help or version that was asked for."""
    status = command(*args, **kwargs)
    if getattr(command, "__func__", None) is App.help_print:
        print()  # its last paragraph ends without a newline
    return status if isinstance(status, int) else 0


def _tree(tokens: Sequence[str], terminal: Terminal) -> App:
    app = App(
        name="optkit",
        help=ABOUT,
        help_format="plaintext",
        help_epilogue=NOTES,
        usage="Usage: optkit COMMAND [OPTIONS]",
        version=f"optkit {__version__}",
        default_parameter=Parameter(negative=(), show_default=_shown_default),
        group_commands=groups.COMMANDS,
        group_arguments=groups.ARGUMENTS,
        group_parameters=groups.OPTIONS,
        console=terminal.for_help(),
        print_error=False,
        exit_on_error=False,
        result_action="return_value",
        suppress_keyboard_interrupt=False,
    )
    for name, (target, summary) in COMMANDS.items():
        # A command that is named describes itself; the others are not even imported.
        app.command(target, name=name, help=None if name in tokens else summary)
    return app


def _shown_default(value: Any) -> str | None:
    """Return a default for the help page, none where it says nothing."""
    return None if value in (None, False, (), []) else str(value)


def explain(error: CycloptsError) -> str:
    """Return what is wrong with the command line, and where to read on."""
    chain = " ".join(("optkit", *(error.command_chain or ())))
    if isinstance(error, UnknownOptionError):
        text = _unknown_option(error)
    elif isinstance(error, UnknownCommandError):
        text = _unknown_command(error)
    else:
        text = str(error)
    return f"{text}\nSee {chain} --help."


def _unknown_option(error: UnknownOptionError) -> str:
    from optkit.core.suggest import nearest

    token = error.token
    word = (token.keyword or token.value).partition("=")[0]
    source = "" if token.source == "cli" else f" from {token.source}"
    known = [name for a in error.argument_collection if a.parse for name in a.names]
    if token.source == "cli":
        known += COMMON_FLAGS
    else:  # [solve][time-limit] in a file
        word = word.removesuffix("]").rpartition("[")[2]
        known = [name.lstrip("-") for name in known]
    guess = next((name for name in known if name.startswith(word)), None)
    guess = guess or nearest(word, known)
    hint = f" Did you mean {guess}?" if guess else ""
    return f"unknown option {word}{source}.{hint}"


def _unknown_command(error: UnknownCommandError) -> str:
    from optkit.core.suggest import nearest, unknown

    word = (error.unused_tokens or ("",))[0]
    if word.startswith("-"):
        guess = nearest(word, COMMON_FLAGS)
        return f"unknown option {word}." + (f" Did you mean {guess}?" if guess else "")
    # cyclopts' own message would import every command for its list of them.
    known = [name for name in (error.app or ()) if not name.startswith("-")]
    return unknown("command", word, known)
