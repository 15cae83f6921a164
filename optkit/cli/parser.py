"""The tree of commands: parse a command line into the function that it calls."""

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
    "solve": ("optkit.cli.solve:solve", "Solve an instance and check the solution."),
    "check": ("optkit.cli.check:check", "Check a solution file."),
    "alternatives": (
        "optkit.cli.alternatives:alternatives",
        "Find the best decisions, not only the best one.",
    ),
    "certify": (
        "optkit.cli.certify:certify",
        "Prove an optimum exactly, for anyone to check.",
    ),
    "instances": (
        "optkit.cli.shipped:instances",
        "List or copy the instances that come with optkit.",
    ),
    "validate": (
        "optkit.cli.validate:validate",
        "Validate instance, network and solution files.",
    ),
    "schema": ("optkit.cli.schema:schema", "Print the JSON Schema of a file format."),
    "solvers": ("optkit.cli.solvers:solvers", "List solvers and their options."),
    "generate": (
        "optkit.cli.generate:app",
        "Generate an instance, at random or from a network.",
    ),
    "import": (
        "optkit.cli.importing:app",
        "Convert a file of another format to an instance or a network.",
    ),
    "export": (
        "optkit.cli.export:export",
        "Write the model of an instance as MPS or LP.",
    ),
    "import-solution": (
        "optkit.cli.import_solution:import_solution",
        "Check a solution that another solver found.",
    ),
    "train": ("optkit.cli.train:app", "Train a policy on instances."),
    "show": ("optkit.cli.show:show", "Print or draw an instance and its solution."),
    "pareto": ("optkit.cli.pareto:pareto", "Compute the Pareto front of two aims."),
    "reproduce": (
        "optkit.cli.reproduce:reproduce",
        "Reproduce the tables and figures of papers.",
    ),
    "bench": (
        "optkit.cli.bench:app",
        "Compare solvers in studies that can be stopped and resumed.",
    ),
    "warm": ("optkit.cli.warm:warm", "Compile all loops now, into the cache."),
    "versions": ("optkit.cli.versions:versions", "Show package versions."),
}
"""Where each command is defined, and its summary in the list of commands."""

ABOUT = """Optimise networks of computers that share their computing power, and check \
every answer.

For example:

  optkit generate allocation --servers 20 --seed 1 -o instance.json
  optkit solve instance.json -o answer.json
  optkit check instance.json answer.json
  optkit show instance.json answer.json -o picture.svg
"""

NOTES = """Every option can also be set by an environment variable \
(OPTKIT_SOLVE_TIME_LIMIT=10m for optkit solve --time-limit 10m; OPTKIT_QUIET, \
OPTKIT_DEBUG, OPTKIT_CONFIG) or in the --config file ([solve] time-limit = "10m"). \
Precedence: flag, environment variable, config file.

Exit status: 0 verified or passed, 1 internal error, 2 usage, 3 invalid file, \
10 proven infeasible, 11 no solution, 12 failed check, 13 not available, 130 \
stopped by Ctrl-C, 143 by SIGTERM, 129 by SIGHUP (the best answer is kept).
"""

COMMON_FLAGS = ["--quiet", "--debug", "--config", "--version", "--help"]

Command = Callable[[], int]


def parse(tokens: Sequence[str], terminal: Terminal) -> Command:
    """Parse a command line; return a function that runs its command.

    Parameters
    ----------
    tokens
        The words after ``optkit``.
    terminal
        The output of the command; ``--quiet`` and ``--debug`` are set on it.

    Raises
    ------
    CycloptsError
        If the command line is invalid.
    """
    app = _tree(tokens, terminal)
    commands: list[Command] = []

    def common_options(
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
        """Parse the options of every command, then the rest of the command line.

        Parameters
        ----------
        config
            TOML file with settings, one table per command.
        quiet
            Print only results and errors.
        debug
            Show the traceback of an error.
        """
        # Set first, so that errors below are shown accordingly.
        terminal.quiet, terminal.debug = bool(quiet), bool(debug)
        from optkit.cli.settings import environment, settings_file
        from optkit.cli.writable_paths import OUTPUTS, refuse_replacing

        sources: list[Any] = [environment]
        if config is not None:
            settings, common = settings_file(config, COMMANDS)
            sources.append(settings)
            terminal.quiet = common["quiet"] if quiet is None else quiet
            terminal.debug = common["debug"] if debug is None else debug
        app.config = tuple(sources)
        command, bound, ignored = app.parse_args(tokens)
        for name in OUTPUTS:
            output = bound.arguments.get(name)
            if config is not None and isinstance(output, Path):
                refuse_replacing(output, config)
        hidden = dict.fromkeys(ignored, terminal)  # parameters that take the terminal
        commands.append(partial(_call, command, *bound.args, **bound.kwargs, **hidden))

    app.meta.default(common_options)
    command, bound, _ = app.meta.parse_args(tokens)
    if command is not common_options:  # --help or --version
        return partial(_call, command, *bound.args, **bound.kwargs)
    common_options(*bound.args, **bound.kwargs)
    return commands[0]


def _call(command: Callable[..., Any], *args: Any, **kwargs: Any) -> int:
    """Run a command, or print its help or the version."""
    status = command(*args, **kwargs)
    if getattr(command, "__func__", None) is App.help_print:
        print()  # the help page ends without a newline
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
        # The command on the command line describes itself; the others are not imported.
        app.command(target, name=name, help=None if name in tokens else summary)
    return app


def _shown_default(value: Any) -> str | None:
    """Return a default for the help page; None for defaults that go without saying."""
    return None if value in (None, False, (), []) else str(value)


def explain(error: CycloptsError) -> str:
    """Return what is wrong with a command line, and which help page to read."""
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
    option = (token.keyword or token.value).partition("=")[0]
    source = "" if token.source == "cli" else f" from {token.source}"
    options = [name for a in error.argument_collection if a.parse for name in a.names]
    if token.source == "cli":
        options += COMMON_FLAGS
    else:  # [solve][time-limit] in a file
        option = option.removesuffix("]").rpartition("[")[2]
        options = [name.lstrip("-") for name in options]
    guess = next((name for name in options if name.startswith(option)), None)
    guess = guess or nearest(option, options)
    hint = f" Did you mean {guess}?" if guess else ""
    return f"unknown option {option}{source}.{hint}"


def _unknown_command(error: UnknownCommandError) -> str:
    from optkit.core.suggest import nearest, unknown

    word = (error.unused_tokens or ("",))[0]
    if word.startswith("-"):
        guess = nearest(word, COMMON_FLAGS)
        return f"unknown option {word}." + (f" Did you mean {guess}?" if guess else "")
    # The message of cyclopts would import every command in order to list them.
    commands = [name for name in (error.app or ()) if not name.startswith("-")]
    return unknown("command", word, commands)
