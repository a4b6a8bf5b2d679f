"""The checked settings of a site, read from a mapping."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlsplit

from liveform import ConfigError, Project
from liveform.errors import nearest
from liveform.form_urls import is_loopback
from liveform.settings.flags import checked_flag
from webhelper.config import rules

SIMULATOR_PATH: Final = "/simulator"
_SHOWN_CHARS: Final = 31
_REQUIRED: Final = object()

# name -> its rule, and its default
_SETTINGS: Final[dict[str, tuple[Callable[[str, object], object], object]]] = {
    "BASE_URL": (rules.base_url, _REQUIRED),
    "SECRET_KEYS": (rules.secret_keys, _REQUIRED),
    "API_TOKENS": (rules.api_tokens, _REQUIRED),
    "PROJECTS": (rules.projects, _REQUIRED),
    "STORE": (rules.store, "sqlite:///liveform-links.db"),
    "RETURN_HOSTS": (rules.return_hosts, ()),
    "CORS_ORIGINS": (rules.cors_origins, ()),
    "STATE_FIELD": (rules.state_field, "cf3"),
    "SIMULATOR": (checked_flag, False),
    "SITE_NAME": (rules.site_name, None),
    "RETENTION_DAYS": (rules.retention_days, 90),
}
NAMES: Final = tuple(_SETTINGS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one site, checked. Secrets are not in the repr.

    Attributes:
        base_url: origin of this site, such as ``https://shop.example.com``.
        secret_keys: the keys for signatures, and for the encryption of fields at rest; the newest first.
        api_tokens: SHA-256 digest of each API token, by the name of its holder.
        projects: the dashboard's projects, by name.
        store: ``sqlite:///file`` or ``sealed:``.
        return_hosts: hosts that a link's ``next`` may have, with a port if it is not the default.
        cors_origins: origins whose pages may call ``/api/returns``.
        state_field: the custom field that carries the visit state: ``cf1``, ``cf2`` or ``cf3``.
        simulator: whether ``/simulator/`` imitates the vendor's form.
        site_name: the name of the site that visitors see.
        retention_days: how long links are kept after they have expired.
    """

    base_url: str
    secret_keys: tuple[str, ...] = field(repr=False)
    api_tokens: Mapping[str, bytes] = field(repr=False)
    projects: Mapping[str, Project]
    store: str
    return_hosts: frozenset[str]
    cors_origins: frozenset[str]
    state_field: str
    simulator: bool
    site_name: str
    retention_days: int

    @property
    def host(self) -> str:
        """Host of this site, with its port unless that is the default."""
        return urlsplit(self.base_url).netloc

    @property
    def is_https(self) -> bool:
        """Whether the site has https, so that its cookies can be Secure."""
        return self.base_url.startswith("https:")


def read_settings(mapping: Mapping[str, object]) -> Settings:
    """Return the checked settings; docs/webhelper.md lists them.

    Raises:
        ConfigError: a setting is missing, wrong or weak. It names every such setting, and no value.
    """
    if not isinstance(mapping, Mapping):
        raise ConfigError(("settings", "must be a mapping"))
    faults: list[tuple[str, str]] = [
        (_shown(name), _unknown(str(name))) for name in mapping if name not in _SETTINGS
    ]
    values: dict[str, Any] = {}
    for name, (read, default) in _SETTINGS.items():
        if name not in mapping and default is _REQUIRED:
            faults.append((name, "is missing"))
            continue
        try:
            values[name.lower()] = read(name, mapping.get(name, default))
        except ConfigError as error:
            faults += error.faults
    if not faults:
        settings = _settings(values)
        faults += _conflicts(settings)
    if faults:
        raise ConfigError(*faults)
    return settings


def _settings(values: dict[str, Any]) -> Settings:
    host = urlsplit(values["base_url"]).netloc
    return Settings(**values | {"site_name": values["site_name"] or host})


def _conflicts(settings: Settings) -> list[tuple[str, str]]:
    """Return the problems between settings that are right on their own."""
    digests = {sha256(key.encode()).digest() for key in settings.secret_keys}
    if digests & set(settings.api_tokens.values()):
        return [("API_TOKENS", "must not contain one of SECRET_KEYS; its holder could sign links")]
    if not settings.simulator:
        return []
    form = settings.base_url + SIMULATOR_PATH
    faults = []
    if not is_loopback(urlsplit(settings.base_url).hostname or ""):
        faults.append(("SIMULATOR", "is for demos and tests; it needs a BASE_URL on a loopback host"))
    faults += [
        (f"PROJECTS.{name}", f"has a real form; if SIMULATOR is on, its base_url must be {form}")
        for name, project in settings.projects.items()
        if project.base_url != form
    ]
    return faults


def _shown(name: object) -> str:
    """Return an unknown name for a message, cut short: it may be a misplaced secret."""
    return ascii(str(name))[1:-1][:_SHOWN_CHARS]


def _unknown(name: str) -> str:
    meant = nearest(name.upper(), _SETTINGS)
    return f"is not a setting{f'; did you mean {meant}?' if meant else ''}"
