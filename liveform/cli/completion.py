"""``liveform completion``: a script with which a shell completes the command's words, by shtab."""

from __future__ import annotations

import argparse
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from liveform.cli.commands import CommandOutput
from liveform.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HELP: Final = "print a script with which bash, zsh or fish completes commands and options"
SHELLS: Final = ("bash", "zsh", "fish")
_EPILOG: Final = """\
bash:  liveform completion bash > ~/.local/share/bash-completion/completions/liveform
zsh:   liveform completion zsh > "${fpath[1]}/_liveform"
fish:  liveform completion fish > ~/.config/fish/completions/liveform.fish

It needs shtab, which comes with the extra liveform[completion]."""
_FILES: Final = ("FILE", "PATH", "IN", "OUT", "URL")
_FOLDERS: Final = ("DIR",)


def add_completion(sub: argparse.ArgumentParser, whole: Callable[[], argparse.ArgumentParser]) -> None:
    """Add the argument of the command.

    Args:
        sub: its parser.
        whole: makes the parser of the whole command, of which the script knows the words.
    """
    sub.epilog = _EPILOG
    sub.add_argument("shell", metavar="SHELL", choices=SHELLS, help="bash, zsh or fish")
    sub.set_defaults(whole=whole)


def completion(arguments: argparse.Namespace) -> CommandOutput:
    """Print the script of a shell.

    Raises:
        ConfigError: shtab is not installed.
    """
    if find_spec("shtab") is None:
        raise ConfigError(("shtab", "is not installed; it comes with the extra liveform[completion]"))
    import shtab

    parser: argparse.ArgumentParser = arguments.whole()
    for action in _actions_of(parser):
        if action.metavar in (*_FILES, *_FOLDERS):
            complete = shtab.DIRECTORY if action.metavar in _FOLDERS else shtab.FILE
            vars(action)["complete"] = complete  # where shtab looks for it
    script = shtab.complete(parser, shell=arguments.shell)
    return CommandOutput(script.rstrip("\n"), {"shell": arguments.shell, "script": script})


def _actions_of(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """Every argument and option of a command and of those below it."""
    for action in parser._actions:
        yield action
        if isinstance(action, argparse._SubParsersAction):
            for below in action.choices.values():
                yield from _actions_of(below)
