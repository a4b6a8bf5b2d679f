"""``liveform serve`` and others hand over to the web helper, of which the library knows nothing."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from itertools import takewhile
from typing import TYPE_CHECKING, Final, NamedTuple

from liveform.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence


class Program(NamedTuple):
    """Another program that a command becomes.

    Attributes:
        help: what it does, in words.
        words: its module, and the words before those of the command line.
        knows_json: whether it takes ``--json``.
    """

    help: str
    words: tuple[str, ...]
    knows_json: bool = False


_NEEDED: Final = (
    "flask",
    "flask_babel",
    "gunicorn",
    "msgspec",
    "httpx2",
    "pyrate_limiter",
    "itsdangerous",
    "qrcode",
)
_JSON: Final = "--json"
PROGRAMS: Final = {
    "serve": Program("serve links, QR codes, returns, console and kiosk: the web helper", ("webhelper",)),
    "simulate": Program("imitate the vendor for tests: form, API and webhooks", ("webhelper.simulate",)),
    "webhooks": Program(
        "list, show and replay the webhooks that the web helper received",
        ("webhelper.commands", "webhooks"),
        knows_json=True,
    ),
    "store": Program(
        "look after the web helper's store: upgrade, back up, purge, erase",
        ("webhelper.commands", "store"),
        knows_json=True,
    ),
    "reconcile": Program(
        "compare the web helper's open visits with the vendor's API",
        ("webhelper.commands", "reconcile"),
        knows_json=True,
    ),
}


def hand_over_if_asked(argv: Sequence[str]) -> None:
    """Become the program of the command, such as ``python -m webhelper``, which reads the rest of ``argv``.

    Returns only if the command is none of those. A ``--json`` before the command goes behind it, or away if
    the program does not know it.

    Raises:
        ConfigError: what it needs is not installed; it comes with the extra ``liveform[web]``.
    """
    before = list(takewhile(lambda word: word == _JSON, argv))
    rest = argv[len(before) :]
    if not rest or rest[0] not in PROGRAMS:
        return
    program = PROGRAMS[rest[0]]
    missing = [(name, "is not installed; it comes with the extra liveform[web]") for name in _NEEDED]
    missing = [(name, problem) for name, problem in missing if find_spec(name) is None]
    if missing:
        raise ConfigError(*missing)
    own = [*program.words, *rest[1:], *(before if program.knows_json else ())]
    os.execv(sys.executable, [sys.executable, "-m", *own])  # noqa: S606 - no shell
