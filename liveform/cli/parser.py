"""A parser that complains in one line, and never repeats what may be a secret in the wrong place."""

from __future__ import annotations

import argparse
import json
import re
from typing import TYPE_CHECKING, Any, ClassVar, Final, NoReturn

from liveform.wire.json_object import printable

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["JsonParser", "Parser", "complaint"]  # what webhelper uses too

EXIT_USAGE: Final = 2

_VALUE: Final = re.compile(
    r": (invalid choice|invalid \w+ value|ignored explicit argument)\b.*?(?= \(choose from [^(]*$|$)",
    re.DOTALL,
)
_OPTION: Final = re.compile(r"^--[a-z]+(?:-[a-z]+)*[0-9]?(?==|$)")
_KEY_HELP: Final = """\
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


class Parser(argparse.ArgumentParser):
    """The command's parser and those of its subcommands."""

    as_json: ClassVar[bool] = False

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401 - argparse's own
        settings |= {"allow_abbrev": False, "formatter_class": _HelpFormatter}
        super().__init__(**{"epilog": _KEY_HELP, **settings})
        for option, instead in _KEYS.items():
            self.add_argument(
                option,
                nargs="?",
                action=_RefuseKey,
                const=instead,
                default=argparse.SUPPRESS,
                help=argparse.SUPPRESS,
            )

    def error(self, message: str) -> NoReturn:
        """Leave with exit code 2 and one line that names options but repeats no values."""
        if message.startswith("unrecognized arguments:"):
            words = message.split(": ", 1)[1].split()
            names = [name for word in words for name in _OPTION.findall(word)]
            message = f"unrecognized arguments {' '.join(names)}".rstrip()
        message = _VALUE.sub(r": \1", message) + f" (see {self.prog} --help)"
        self.exit(EXIT_USAGE, complaint(message, code="usage_error", as_json=self.as_json) + "\n")


class JsonParser(Parser):
    """The same, complaining in JSON."""

    as_json = True


class _HelpFormatter(argparse.RawDescriptionHelpFormatter):
    """Keeps names and meanings in two columns."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=32)
        self._action_max_length = 16  # argparse forgets that commands are indented twice


class _RefuseKey(argparse.Action):
    """``--key`` would be in the process list and in the shell's history."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        parser.error(f"a key cannot be an option: others see the command line; use {self.const}")
