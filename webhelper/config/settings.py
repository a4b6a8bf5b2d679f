"""The checked settings of a site, read from a mapping."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from liveform import ConfigError, Project
from liveform.errors import nearest
from liveform.form_urls import VENDOR_WEBHOOK_SENDER
from liveform.settings.flags import checked_flag
from webhelper.config import address_rules, job_rules, limits, operating_rules, rules, scopes
from webhelper.config.conflicts import conflicts_of
from webhelper.config.scopes import ALL
from webhelper.config.site_address import SiteAddress

if TYPE_CHECKING:
    from ipaddress import IPv4Network, IPv6Network
    from zoneinfo import ZoneInfo

    from webhelper.config.limits import Limit, LimitName
    from webhelper.config.scopes import Permissions

_REQUIRED: Final = object()

# name -> its rule, and its default
_SETTINGS: Final[dict[str, tuple[Callable[[str, object], object], object]]] = {
    "BASE_URL": (address_rules.base_url, _REQUIRED),
    "SECRET_KEYS": (rules.secret_keys, _REQUIRED),
    "API_TOKENS": (rules.api_tokens, _REQUIRED),
    "API_SCOPES": (scopes.api_scopes, MappingProxyType({})),
    "PROJECTS": (rules.projects, _REQUIRED),
    "STORE": (rules.store, "sqlite:///liveform-links.db"),
    "RETURN_HOSTS": (address_rules.return_hosts, ()),
    "RETURN_SCHEMES": (address_rules.return_schemes, ()),
    "CORS_ORIGINS": (address_rules.cors_origins, ()),
    "STATE_FIELD": (rules.state_field, "cf3"),
    "SIMULATOR": (rules.simulator, False),
    "SITE_NAME": (rules.site_name, None),
    "TIME_ZONE": (rules.time_zone, None),
    "RETENTION_DAYS": (rules.days, 90),
    "INBOX_DAYS": (rules.days, 30),
    "WEBHOOK_SENDERS": (job_rules.networks, (VENDOR_WEBHOOK_SENDER,)),
    "PROXIES": (job_rules.proxies, 0),
    "OUTGOING_URL": (job_rules.outgoing_url, None),
    "OUTGOING_SECRETS": (job_rules.outgoing_secrets, ()),
    "HANDLERS": (job_rules.modules, ()),
    "RECONCILE_MINUTES": (job_rules.minutes, 0),
    "TOKEN_POOLS": (job_rules.token_pools, MappingProxyType({})),
    "BACKGROUND_JOBS": (checked_flag, True),
    "LOG_FORMAT": (operating_rules.log_format, operating_rules.TEXT),
    "METRICS_TOKEN": (operating_rules.metrics_token, None),
    "TRACES": (checked_flag, False),
    "DRAIN_SECONDS": (operating_rules.drain_seconds, 0),
    "LIMITS": (limits.limits, MappingProxyType({})),
    "SESSION_HOURS": (rules.session_hours, 12),
    "SESSION_IDLE_MINUTES": (rules.session_idle_minutes, 120),
}
NAMES: Final = tuple(_SETTINGS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(SiteAddress):
    """The settings of one site, checked. Secrets are not in the repr.

    Attributes:
        base_url: address of this site, such as ``https://shop.example.com/kyc``, without a slash behind.
        secret_keys: the keys for signatures, and for the encryption of fields at rest; the newest first.
        api_tokens: SHA-256 digest of each API token, by the name of its holder.
        api_scopes: what the holders of some API tokens may do; all others may do everything.
        projects: the dashboard's projects, by name.
        store: ``sqlite:///file``, ``postgresql://...``, which may hold a password, or ``sealed:``.
        return_hosts: hosts that a link's ``next`` may have, with a port if it is not the default.
        return_schemes: schemes of apps that ``next`` may have, such as ``myapp``.
        cors_origins: origins whose pages may call ``/api/returns`` and ``/api/waits``.
        state_field: the custom field that carries the visit state: ``cf1``, ``cf2`` or ``cf3``.
        simulator: whether ``/simulator/`` imitates the vendor: on loopback if True, and in a private network
            too if ``"lan"``.
        site_name: the name of the site that visitors see.
        time_zone: in which pages give times; None for UTC on paper, and the reader's own on screens.
        retention_days: how long links are kept after they have expired.
        inbox_days: how long webhooks are kept after they were worked.
        webhook_senders: the networks that webhooks may come from.
        proxies: how many proxies are in front of this site, each of which adds to ``X-Forwarded-For``.
        outgoing_url: where this site posts messages of its own; None for nowhere.
        outgoing_secrets: the secrets that sign them, as bytes, the newest first.
        handlers: modules to import, which connect to the signals.
        reconcile_minutes: how often open visits are compared with the vendor's API; 0 for never.
        token_pools: how many token ids are kept ready, by the name of a project in private mode.
        background_jobs: whether this process works the inbox, the outbox and the other jobs.
        log_format: ``text``, or ``json`` with ids of requests.
        metrics_token: SHA-256 digest of the token that may read ``/metrics``; None without metrics.
        traces: whether OpenTelemetry gets a span of each request.
        drain_seconds: how long a process that is told to stop still takes requests.
        limits: how much somebody may do in some time; what is not in it has no limit.
        session_hours: after how many hours a sign-in to the console ends, however often it is used.
        session_idle_minutes: after how many minutes without use it ends.
    """

    base_url: str
    secret_keys: tuple[str, ...] = field(repr=False)
    api_tokens: Mapping[str, bytes] = field(repr=False)
    api_scopes: Mapping[str, Permissions]
    projects: Mapping[str, Project]
    store: str = field(repr=False)
    return_hosts: frozenset[str]
    return_schemes: frozenset[str]
    cors_origins: frozenset[str]
    state_field: str
    simulator: rules.SimulatorMode
    site_name: str
    time_zone: ZoneInfo | None
    retention_days: int
    inbox_days: int
    webhook_senders: tuple[IPv4Network | IPv6Network, ...]
    proxies: int
    outgoing_url: str | None = field(repr=False)
    outgoing_secrets: tuple[bytes, ...] = field(repr=False)
    handlers: tuple[str, ...]
    reconcile_minutes: int
    token_pools: Mapping[str, int]
    background_jobs: bool
    log_format: str
    metrics_token: bytes | None = field(repr=False)
    traces: bool
    drain_seconds: int
    limits: Mapping[LimitName, Limit]
    session_hours: int
    session_idle_minutes: int

    def permissions_of(self, holder: str) -> Permissions:
        """Return what the holder of an API token may do: everything, unless the settings say less."""
        return self.api_scopes.get(holder, ALL)


def read_settings(mapping: Mapping[str, object]) -> Settings:
    """Return the checked settings; docs/webhelper.md lists them.

    Raises:
        ConfigError: a setting is missing, wrong or weak. It names every such setting, and no value.
    """
    if not isinstance(mapping, Mapping):
        raise ConfigError(("settings", "must be a mapping"))
    faults: list[tuple[str, str]] = [
        (rules.shown_name(name), _unknown(str(name))) for name in mapping if name not in _SETTINGS
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
        faults += conflicts_of(settings)
    if faults:
        raise ConfigError(*faults)
    return settings


def _settings(values: dict[str, Any]) -> Settings:
    host = urlsplit(values["base_url"]).netloc
    return Settings(**values | {"site_name": values["site_name"] or host})


def _unknown(name: str) -> str:
    meant = nearest(name.upper(), _SETTINGS)
    return f"is not a setting{f'; did you mean {meant}?' if meant else ''}"
