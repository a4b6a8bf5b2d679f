"""A parser that complains in one line, and never repeats what may be a secret in the wrong place."""

from __future__ import annotations

import argparse
import errno
import json
import re
import sys
from itertools import takewhile
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, NoReturn

from liveform.errors import nearest
from liveform.wire.json_object import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["JsonParser", "Parser", "complaint"]  # what webhelper uses too

EXIT_USAGE: Final = 2

_VALUE: Final = re.compile(
    r": (invalid choice|invalid \w+ value|ignored explicit argument)\b.*?(?= \(choose from [^(]*$|$)",
    re.DOTALL,
)
_DASHES: Final = ("-", "–", "—")  # word processors make a long one of two short ones
_OPTION: Final = re.compile(r"^(?:--|–|—)[a-z]+(?:[-_][a-z]+)*[0-9]?(?==|$)", re.IGNORECASE)
_WORD: Final = re.compile(r"[a-z]{1,16}(?:-[a-z]{1,16})?")  # too plain to be a secret in the wrong place
_GIVEN: Final = "options that were given"  # an attribute of a namespace, while it is filled
_ALIKE: Final = 0.7  # 0.6 would take --sid for --pid
KEY_HELP: Final = """\
The key is never an option. It comes from LIVEFORM_KEY, from --key-file FILE
(- for stdin) or from the settings file. Other settings come from options, or
from LIVEFORM_PID, LIVEFORM_CIPHER and so on.
Exit codes: 0 done, 1 wrong data, 2 wrong usage or settings."""
# Options that hold a key, which are refused, and what to use in their place.
_KEYS: Final = {
    "--key": "LIVEFORM_KEY or --key-file",
    "--api-key": "LIVEFORM_API_KEY or --api-key-file",
    "--face-auth-key": "LIVEFORM_FACE_AUTH_KEY or --face-auth-key-file",
}


def complaint(message: str, *, code: str, as_json: bool, more: Mapping[str, object] | None = None) -> str:
    """Return one line for stderr; with ``--json``, ``more`` stands beside the code and the message."""
    message = printable(message).replace("\n", " ")
    if as_json:
        return json.dumps({"error": {"code": code, "message": message, **(more or {})}})
    return f"liveform: {message}"


def print_line(line: str, stream: Literal["stdout", "stderr"] = "stdout") -> None:
    """Print a line. A closed stdout (``>&-``) is an error here; ``print`` would lose the line.

    Raises:
        OSError: stdout is closed or full.
    """
    out = getattr(sys, stream)
    if out is not None:
        print(line, file=out)
    elif stream == "stdout":
        raise OSError(errno.EBADF, "stdout is closed")


class Parser(argparse.ArgumentParser):
    """The command's parser and those of its subcommands."""

    as_json: ClassVar[bool] = False

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401 - argparse's own
        settings |= {"allow_abbrev": False, "formatter_class": _HelpFormatter}
        super().__init__(**{"epilog": KEY_HELP, **settings})
        for option, instead in _KEYS.items():
            self.add_argument(
                option,
                nargs="?",
                action=_RefuseKey,
                const=instead,
                default=argparse.SUPPRESS,
                help=argparse.SUPPRESS,
            )

        for action in (None, "store"):
            self.register("action", action, _StoreOnce)

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> tuple[Any, list[str]]:  # noqa: ANN401
        """Return what the words say, or leave: what one command does not know, no other does."""
        if self._subparsers is not None and not args and not self.as_json:
            self.exit(EXIT_USAGE, self.format_help())
        if any(map(_GLUED_TO_HELP.fullmatch, takewhile(lambda word: word != "--", args or ()))):
            self.error(f"{_UNKNOWN} -h...")  # from Python 3.12 on, argparse would print the help
        arguments, unknown = super().parse_known_args(args, namespace)
        if hasattr(arguments, _GIVEN):
            delattr(arguments, _GIVEN)
        if unknown:
            self.error(f"{_UNKNOWN} {_shown_words(unknown)}".rstrip(), more=self._meant_by(unknown))
        return arguments, []

    def _check_value(self, action: argparse.Action, value: Any) -> None:  # noqa: ANN401
        """Refuse a word that is not a command; the choices of an option stay with argparse."""
        if isinstance(action, argparse._SubParsersAction) and value not in action.choices:
            meant = _nearest(value, action.choices)
            word = f"{value} is" if _WORD.fullmatch(value) else "this is"
            self.error(f"{word} not a command", more=f"; did you mean {meant}?" if meant else "")
        super()._check_value(action, value)

    def _meant_by(self, unknown: list[str]) -> str:
        """The options that were probably meant."""
        known = {
            option.removeprefix("--"): option
            for action in self._actions
            if action.help is not argparse.SUPPRESS
            for option in action.option_strings
        }
        names = [name.removeprefix("--").lower() for word in unknown for name in _OPTION.findall(word)]
        near = [_nearest(name, known) or _guessed(name, known) for name in names]
        meant = [known[name] for name in near if name is not None]
        return f"; did you mean {' and '.join(meant)}?" if meant else ""

    def error(self, message: str, *, more: str = "") -> NoReturn:
        """Leave with exit code 2 and one line that names options but repeats no values.

        Args:
            message: what is wrong.
            more: what stands behind the hint to the help.
        """
        message = _VALUE.sub(r": \1", message) + f" (see {self.prog} --help){more}"
        self.exit(EXIT_USAGE, complaint(message, code="usage_error", as_json=self.as_json) + "\n")


_UNKNOWN: Final = "unrecognized arguments"
_GLUED_TO_HELP: Final = re.compile("-h.+", re.DOTALL)


def _nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant; two letters that changed places make no other word."""
    letters = sorted(word)
    swapped = (name for name in known if sorted(name) == letters)
    return next(swapped, None) or nearest(word, known, cutoff=_ALIKE)


def _shown_words(unknown: list[str]) -> str:
    """The names of options, and words that cannot be a secret; an option's value is not shown."""
    options = [name for word in unknown for name in _OPTION.findall(word)]
    words = [word for word in unknown if word != "--"]
    pairs = zip(["", *words], words, strict=False)
    words = [
        word for before, word in pairs if not before.startswith(_DASHES) and not word.startswith(_DASHES)
    ]
    plain = [word for word in words if _WORD.fullmatch(word)]
    others = len(words) - len(plain)
    hidden = [f"({others} not shown: a key could be in the wrong place)"] if others else []
    return " ".join([*options, *plain, *hidden])


def _guessed(name: str, known: Mapping[str, str]) -> str | None:
    """The known option of a parameter that people call by another name, such as ``--customUserId``."""
    from liveform.parameters.guesses import probably_meant
    from liveform.parameters.lookup import vendor_table

    meant = probably_meant(vendor_table(), name.replace("-", "_"), vendor=False)
    option = None if meant is None else meant.replace("_", "-")
    return option if option is not None and option in known else None


class JsonParser(Parser):
    """The same, complaining in JSON."""

    as_json = True


class _HelpFormatter(argparse.RawDescriptionHelpFormatter):
    """Keeps names and meanings in two columns."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=32)
        self._action_max_length = 16  # argparse forgets that commands are indented twice


class _StoreOnce(argparse._StoreAction):
    """An option has one value: of two, the last would win without a word."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,  # noqa: ANN401
        option_string: str | None = None,
    ) -> None:
        given = vars(namespace).setdefault(_GIVEN, set())
        if option_string is not None and self.dest in given:
            raise argparse.ArgumentError(self, "is given twice")
        given.add(self.dest)
        super().__call__(parser, namespace, values, option_string)


class _RefuseKey(argparse.Action):
    """``--key`` would be in the process list and in the shell's history."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        parser.error(f"a key cannot be an option: others see the command line; use {self.const}")
