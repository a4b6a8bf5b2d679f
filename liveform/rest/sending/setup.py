"""The arguments of a client, checked: what both clients work with."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from random import random
from typing import Any, Final, TypedDict

from liveform.crypto.engines import choose
from liveform.crypto.keys import KeyHolder, SecretKey, as_secret_key
from liveform.data_transfer import SecureDataTransfer, TransferCipher, checked_transfer
from liveform.errors import ConfigError, Fault, KeyFormatError, nearest, shown
from liveform.form_urls import VENDOR_API_URL, check_base_url
from liveform.rest.dialect import USUAL, Dialect
from liveform.rest.sending.limits import USUAL_LIMITS, DayCount, Limits, MemoryDayCount, Pace

TIMEOUT_S: Final = 30.0
MAX_TIMEOUT_S: Final = 86_400  # a day; a socket refuses some hundred years with an OverflowError
MAX_RETRIES: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Clock, sleep and randomness of a client. Tests give their own.

    Attributes:
        clock: returns seconds that never go back.
        now: returns the time in UTC.
        random: returns a number from 0 to 1.
        sleep: waits so many seconds; for ``AsyncClient``, a coroutine function.
    """

    clock: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    random: Callable[[], float] = random
    sleep: Callable[[float], Any] = time.sleep


class ClientOptions(TypedDict, total=False):
    """The options that ``Client`` and ``AsyncClient`` share; see there."""

    base_url: str
    face_auth_key: str | SecretKey | None
    secure_data_transfer: SecureDataTransfer | str | bool | None
    previous_keys: Iterable[str | SecretKey]
    engine: str | None
    timeout: float
    max_retries: int
    limits: Limits
    dialect: Dialect
    timing: Timing | None


_DEFAULTS: Final[ClientOptions] = {
    "base_url": VENDOR_API_URL,
    "face_auth_key": None,
    "secure_data_transfer": None,
    "previous_keys": (),
    "engine": None,
    "timeout": TIMEOUT_S,
    "max_retries": MAX_RETRIES,
    "limits": USUAL_LIMITS,
    "dialect": USUAL,
    "timing": None,
}


def client_arguments(project: Mapping[str, Any], given: ClientOptions) -> dict[str, Any]:
    """Return the arguments of the client of a project.

    Args:
        project: the options of the project.
        given: the arguments that come before those of the project.

    Raises:
        ConfigError: the project has no API key.
    """
    if project["api_key"] is None:
        raise ConfigError(("api_key", "is needed for the REST API; this project has none"))
    same = ("api_key", "face_auth_key", "secure_data_transfer", "previous_keys", "engine")
    return {name: project[name] for name in same} | {"base_url": project["api_url"]} | dict(given)


class Setup(KeyHolder):
    """What both clients work with.

    Attributes:
        base_url: the API's address, without a slash at its end.
        keys: the text of each key, by its name; None if there is none.
        transfer: encrypts and decrypts; None if Secure Data Transfer is off.
        transfer_keys: the keys that may open an answer, for a diagnosis.
        timeout: the seconds of one try.
        max_retries: how often a call is sent again.
        limits, pace, day_count: the vendor's limits, and what counts; None if a limit is off.
        dialect: how the vendor spells what its pages leave open.
        timing: clock, sleep and randomness.
    """

    __slots__ = (
        "base_url",
        "day_count",
        "dialect",
        "keys",
        "limits",
        "max_retries",
        "pace",
        "timeout",
        "timing",
        "transfer",
        "transfer_keys",
    )
    base_url: str
    keys: Mapping[str, str | None]
    transfer: TransferCipher | None
    transfer_keys: tuple[SecretKey, ...]
    timeout: float
    max_retries: int
    limits: Limits
    pace: Pace | None
    day_count: DayCount | None
    dialect: Dialect
    timing: Timing

    def __init__(self, **attributes: object) -> None:
        self._fill(**attributes)

    def __repr__(self) -> str:
        return f"Setup({self.base_url!r})"


def checked_setup(api_key: object, options: Mapping[str, Any], *, sleep: Callable[[float], Any]) -> Setup:
    """Return the arguments of a client, ready for use.

    Args:
        api_key: the project's API key.
        options: the other arguments, as ``ClientOptions`` lists them.
        sleep: what waits, unless ``timing`` has its own.

    Raises:
        ConfigError: with every fault, by the name of the argument and never with its value.
    """
    given: dict[str, Any] = {**_DEFAULTS, **options, "api_key": api_key}
    faults = [*_unknown(options), *_plain_faults(given)]
    checked: dict[str, Any] = {}
    for name, check in _CHECKS.items():
        try:
            checked[name] = check(given[name])
        except (ConfigError, KeyFormatError) as error:
            faults += _faults(name, error)
    if faults:
        raise ConfigError(*faults)
    timing = given["timing"] if given["timing"] is not None else Timing(sleep=sleep)
    return _setup({**given, **checked, "timing": timing})


def _setup(options: Mapping[str, Any]) -> Setup:
    limits: Limits = options["limits"]
    transfer = options["secure_data_transfer"]
    keys = tuple(map(as_secret_key, (options["api_key"], *options["previous_keys"])))
    return Setup(
        base_url=options["base_url"],
        keys={name: _text(options[name]) for name in ("api_key", "face_auth_key")},
        transfer=None
        if transfer is None
        else TransferCipher(transfer, keys[0], previous_keys=keys[1:], engine=options["engine"]),
        transfer_keys=keys,
        timeout=float(options["timeout"]),
        max_retries=options["max_retries"],
        limits=limits,
        pace=None if limits.per_second is None else Pace(limits.per_second, options["timing"].clock),
        day_count=_day_count(limits),
        dialect=options["dialect"],
        timing=options["timing"],
    )


def _text(key: str | SecretKey | None) -> str | None:
    return key.expose_text() if isinstance(key, SecretKey) else key


def _day_count(limits: Limits) -> DayCount | None:
    if limits.per_day is None:
        return None
    return MemoryDayCount() if limits.day_count is None else limits.day_count


def _base_url(url: object) -> str:
    try:
        return check_base_url(url)
    except ConfigError:
        problem = (
            f"must be https, such as {VENDOR_API_URL}: host, port and path only (http for loopback hosts)"
        )
        raise ConfigError(("base_url", problem)) from None


def _api_key(key: object) -> object:
    if key is None:
        raise ConfigError(("api_key", "is needed: the API key of the dashboard"))
    return _header_key(key)


def _face_auth_key(key: object) -> object:
    return None if key is None else _header_key(key)


def _header_key(key: object) -> object:
    text = as_secret_key(key).expose_text() if isinstance(key, str | SecretKey) else None
    if text is None:
        raise KeyFormatError("must be text, as the dashboard shows it, or a SecretKey")
    if not text.isascii() or not text.isprintable() or " " in text:
        raise KeyFormatError(
            "must be printable ASCII without spaces or line breaks, for it is sent in a header"
        )
    return key


def _previous_keys(keys: object) -> tuple[SecretKey, ...]:
    if isinstance(keys, str | SecretKey) or not isinstance(keys, Iterable):
        raise ConfigError(("previous_keys", "must be a list of keys"))
    return tuple(map(as_secret_key, keys))


def _engine(name: object) -> object:
    choose(name)
    return name


_CHECKS: Final[Mapping[str, Callable[[object], object]]] = {
    "api_key": _api_key,
    "base_url": _base_url,
    "face_auth_key": _face_auth_key,
    "secure_data_transfer": checked_transfer,
    "previous_keys": _previous_keys,
    "engine": _engine,
}


def _faults(name: str, error: ConfigError | KeyFormatError) -> list[Fault]:
    if isinstance(error, ConfigError):
        return [Fault(name, problem) for _, problem in error.faults]
    return [Fault(name, str(error))]


def _plain_faults(given: Mapping[str, Any]) -> Iterator[Fault]:
    """What is wrong with the arguments that are numbers or values of ours."""
    timeout, max_retries, limits = given["timeout"], given["max_retries"], given["limits"]
    if not isinstance(timeout, int | float) or isinstance(timeout, bool) or not 0 < timeout <= MAX_TIMEOUT_S:
        yield Fault("timeout", f"must be a number of seconds greater than 0, {MAX_TIMEOUT_S:,} at most")
    if type(max_retries) is not int or max_retries < 0:
        yield Fault("max_retries", "must be a whole number, 0 or greater")
    if not isinstance(limits, Limits):
        yield Fault("limits", "must be Limits(per_second=..., per_day=...)")
    else:
        for name in ("per_second", "per_day"):
            limit = getattr(limits, name)
            if limit is not None and (type(limit) is not int or limit < 1):
                yield Fault(f"limits.{name}", "must be a whole number, 1 or greater, or None for no limit")
        if limits.day_count is not None and not callable(getattr(limits.day_count, "take", None)):
            yield Fault("limits.day_count", "must have take(day), as DayCount has, or be None")
    if not isinstance(given["dialect"], Dialect):
        yield Fault("dialect", "must be a Dialect")
    if given["timing"] is not None and not isinstance(given["timing"], Timing):
        yield Fault("timing", "must be a Timing")


def _unknown(options: Mapping[str, object]) -> Iterator[Fault]:
    for name in options.keys() - _DEFAULTS.keys():
        meant = nearest(name, _DEFAULTS)
        hint = f"; did you mean {meant}?" if meant is not None else ""
        yield Fault(shown(name), f"is not an argument of a client{hint}")
