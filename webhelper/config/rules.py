"""The rule of each setting: a function that returns the checked value, or raises ``ConfigError``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Final, Literal, TypeAlias
from zoneinfo import ZoneInfo

from liveform import ConfigError, Project, load_projects

MIN_SECRET_CHARS: Final = 32  # secrets.token_urlsafe(32) gives 43
MIN_DIFFERENT_CHARS: Final = 10
SHOWN_CHARS: Final = 31
SQLITE: Final = "sqlite:///"
POSTGRESQL: Final = "postgresql://"
_POSTGRES: Final = "postgres://"  # libpq reads it too, and many who run databases hand it out
SEALED: Final = "sealed:"
SIMULATOR_PATH: Final = "/simulator"
LAN: Final = "lan"
SimulatorMode: TypeAlias = bool | Literal["lan"]
_STATE_FIELDS: Final = ("cf1", "cf2", "cf3")
_HOLDER: Final = r"[^\x00-\x1f\x7f]{1,31}"  # shorter than a token, so that no message shows a misplaced token
# ZoneInfo imports a package for each part of a name, so a name has no more of them than those of IANA.
_TIME_ZONE: Final = re.compile(r"[\w+-]{1,32}(?:/[\w+-]{1,32}){0,2}", re.ASCII)
STRONG: Final = (
    f"at least {MIN_SECRET_CHARS} characters, {MIN_DIFFERENT_CHARS} of them different; "
    "python -c 'import secrets; print(secrets.token_urlsafe(32))' makes one"
)


def secret_keys(name: str, value: object) -> tuple[str, ...]:
    """Return the secret keys, the newest first."""
    keys = tuple(texts(name, value))
    if not keys or not all(map(is_strong, keys)) or len(set(keys)) < len(keys):
        raise ConfigError((name, f"must be a list of secrets, the newest first, each of {STRONG}"))
    return keys


def api_tokens(name: str, value: object) -> dict[str, bytes]:
    """Return the SHA-256 digest of each API token, by the name of its holder."""
    if not isinstance(value, Mapping) or not value:
        raise ConfigError((name, "must be a mapping of names to API tokens"))
    if not all(isinstance(holder, str) and re.fullmatch(_HOLDER, holder) for holder in value):
        raise ConfigError((name, "names must be 1 to 31 printable characters, each with its API token"))
    weak = [holder for holder, token in value.items() if not is_strong(token)]
    if weak:
        raise ConfigError(*((f"{name}.{holder}", f"must be {STRONG}") for holder in weak))
    digests = {holder: sha256(token.encode()).digest() for holder, token in value.items()}
    if len(set(digests.values())) < len(digests):
        raise ConfigError((name, "must all be different; create an API token for each name"))
    return digests


def is_strong(secret: object) -> bool:
    """Return whether a value is a text that nobody guesses."""
    return (
        isinstance(secret, str)
        and len(secret) >= MIN_SECRET_CHARS
        and len(set(secret)) >= MIN_DIFFERENT_CHARS
        and secret.isascii()
        and secret.isprintable()
        and " " not in secret
    )


def projects(name: str, value: object) -> dict[str, Project]:
    """Return the projects by name; a value may be a ``Project`` or a table as in liveform.toml."""
    if not isinstance(value, Mapping) or not value:
        raise ConfigError((name, "must be a mapping of names to projects"))
    projects: dict[str, Project] = {}
    faults: list[tuple[str, str]] = []
    for project_name, project in value.items():
        if not isinstance(project_name, str) or not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", project_name):
            faults.append((name, "names must be 1 to 64 of A-Z, a-z, 0-9, - and _; URLs contain them"))
        elif isinstance(project, Project):
            projects[project_name] = project
        else:
            try:
                projects |= load_projects({"projects": {project_name: project}})
            except ConfigError as error:
                faults += [
                    (fault.setting.replace("projects", name, 1), fault.problem) for fault in error.faults
                ]
    if faults:
        raise ConfigError(*faults)
    return projects


def store(name: str, value: object) -> str:
    """Return the URL of the store."""
    if value == SEALED:
        return SEALED
    url = with_long_scheme(value) if isinstance(value, str) else ""
    if url.startswith((SQLITE, POSTGRESQL)) and url not in (SQLITE, POSTGRESQL):
        return url
    known = (
        f"{SQLITE}FILE (a fourth slash starts an absolute path), {POSTGRESQL}USER@HOST/DATABASE or {SEALED}"
    )
    raise ConfigError((name, f"must be {known}"))


def with_long_scheme(url: str) -> str:
    """Return the URL of a store, with ``postgresql://`` where it has ``postgres://``."""
    return f"{POSTGRESQL}{url.removeprefix(_POSTGRES)}" if url.startswith(_POSTGRES) else url


def state_field(name: str, value: object) -> str:
    """Return the custom field that carries the visit state."""
    if value not in _STATE_FIELDS:
        raise ConfigError((name, f"must be one of {', '.join(_STATE_FIELDS)}"))
    return str(value)


def site_name(name: str, value: object) -> str | None:
    """Return the name of the site; None if its host is the name."""
    if value is None:
        return None
    if not isinstance(value, str) or not 0 < len(value) <= 60 or not value.isprintable():
        raise ConfigError((name, "must be 1 to 60 printable characters: the name that visitors see"))
    return value


def time_zone(name: str, value: object) -> ZoneInfo | None:
    """Return the time zone of the site, by its name in the IANA database."""
    if value is None:
        return None
    is_name = isinstance(value, str) and _TIME_ZONE.fullmatch(value) is not None
    try:
        return ZoneInfo(str(value) if is_name else "")
    except (KeyError, OSError, ValueError):  # unknown, a folder of the database, or not a name
        problem = "must be a name of the IANA time zone database, such as Asia/Seoul or UTC"
        raise ConfigError((name, f"{problem}; where the system has none, install tzdata")) from None


def simulator(name: str, value: object) -> SimulatorMode:
    """Return whether the vendor is imitated: True on loopback, ``"lan"`` in a private network too."""
    if value != LAN and not isinstance(value, bool):
        raise ConfigError((name, "must be true or false, or lan for a demo in a private network"))
    return LAN if value == LAN else bool(value)


def days(name: str, value: object) -> int:
    """Return how many days something is kept."""
    return whole_number(name, value, most=3650, problem="must be a number of days, 0 to 3650")


def session_hours(name: str, value: object) -> int:
    """Return after how many hours a session of the console ends."""
    return whole_number(name, value, least=1, most=168, problem="must be a number of hours, 1 to 168")


def session_idle_minutes(name: str, value: object) -> int:
    """Return after how many minutes without use a session of the console ends."""
    return whole_number(name, value, least=5, most=1440, problem="must be a number of minutes, 5 to 1440")


def whole_number(name: str, value: object, *, least: int = 0, most: int, problem: str) -> int:
    """Return a whole number from ``least`` to ``most``, or raise ConfigError with ``problem``."""
    if type(value) is not int or not least <= value <= most:
        raise ConfigError((name, problem))
    return value


def shown_name(name: object) -> str:
    """Return a name that somebody gave, for a message, cut short: it may be a misplaced secret."""
    return ascii(str(name))[1:-1][:SHOWN_CHARS]


def texts(name: str, value: object) -> list[str]:
    """Return the items of a list of strings, or raise ConfigError."""
    items = list(value) if isinstance(value, Iterable) and not isinstance(value, str | Mapping) else [None]
    if not all(isinstance(item, str) for item in items):
        raise ConfigError((name, "must be a list of strings"))
    return [item for item in items if isinstance(item, str)]
