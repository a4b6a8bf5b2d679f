"""The text of a variable or of a settings file -> the value of a setting, by the rules of liveform."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from liveform import ConfigError
from liveform.settings.flags import flag_or_text
from liveform.settings.variables import check_quotes, texts_in

if TYPE_CHECKING:
    from collections.abc import Callable


def value_of(name: str, text: str) -> object:
    """Return the value of a setting, as far as its kind can be read; its rule checks it.

    Args:
        name: the setting, such as ``RETURN_HOSTS``.
        text: not empty.

    Raises:
        ConfigError: quotes around the text, a name twice, or it begins like a JSON list but is not one.
    """
    check_quotes(name, text)
    return _READERS.get(name, _text)(name, text)


def _text(_: str, text: str) -> str:
    return text


def _stripped(_: str, text: str) -> str:
    return text.strip()


def _flag(_: str, text: str) -> object:
    return flag_or_text(text)


def _number(_: str, text: str) -> object:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else text


def _named(name: str, text: str) -> dict[str, str]:
    pairs = [word.partition("=") for word in texts_in(name, text)]
    if len({holder for holder, _, _ in pairs}) < len(pairs):
        raise ConfigError((name, "has the same name twice; each name may come once"))
    return {holder: value for holder, _, value in pairs}


def _worded(name: str, text: str) -> dict[str, list[str]]:
    return {holder: words.split("+") for holder, words in _named(name, text).items()}


def _sizes(name: str, text: str) -> dict[str, object]:
    return {project: _number(name, size) for project, size in _named(name, text).items()}


_READERS: Final[dict[str, Callable[[str, str], Any]]] = {
    "SECRET_KEYS": texts_in,
    "API_TOKENS": _named,
    "STORE": _stripped,  # a file ends with a new line
    "API_SCOPES": _worded,
    "RETURN_HOSTS": texts_in,
    "RETURN_SCHEMES": texts_in,
    "CORS_ORIGINS": texts_in,
    "SIMULATOR": _flag,
    "RETENTION_DAYS": _number,
    "INBOX_DAYS": _number,
    "WEBHOOK_SENDERS": texts_in,
    "PROXIES": _number,
    "OUTGOING_SECRETS": texts_in,
    "HANDLERS": texts_in,
    "RECONCILE_MINUTES": _number,
    "TOKEN_POOLS": _sizes,
    "BACKGROUND_JOBS": _flag,
    "TRACES": _flag,
    "DRAIN_SECONDS": _number,
    "LIMITS": _named,
    "SESSION_HOURS": _number,
    "SESSION_IDLE_MINUTES": _number,
}
