"""Problems between settings that are right on their own."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from liveform.form_urls import is_loopback
from webhelper.config.address_rules import is_private
from webhelper.config.rules import SEALED, SIMULATOR_PATH, shown_name

if TYPE_CHECKING:
    from webhelper.config.settings import Settings


def conflicts_of(settings: Settings) -> list[tuple[str, str]]:
    """Return the problems between settings that are right on their own."""
    digests = {sha256(key.encode()).digest() for key in settings.secret_keys}
    faults = []
    if digests & set(settings.api_tokens.values()):
        faults.append(("API_TOKENS", "must not contain one of SECRET_KEYS; its holder could sign links"))
    if settings.metrics_token in digests | set(settings.api_tokens.values()):
        faults.append(("METRICS_TOKEN", "must be a secret of its own; who reads metrics makes no links"))
    if settings.outgoing_url is not None and not settings.outgoing_secrets:
        faults.append(("OUTGOING_SECRETS", "is needed with OUTGOING_URL; receivers check the signature"))
    faults += _pool_faults(settings)
    faults += _scope_faults(settings)
    host = urlsplit(settings.base_url).hostname or ""
    if not (settings.is_https or is_loopback(host) or settings.is_in_lan):
        faults.append(("BASE_URL", "must be https; http is for loopback, and for a demo (SIMULATOR = lan)"))
    return faults + _simulator_faults(settings, host) if settings.simulator else faults


def _simulator_faults(settings: Settings, host: str) -> list[tuple[str, str]]:
    """Return why the vendor cannot be imitated at this address, or for these projects."""
    faults = []
    if settings.is_in_lan:
        if settings.is_https or not is_private(host):
            problem = "is lan, which is for demos: BASE_URL must be http and an address of a private network"
            faults.append(("SIMULATOR", problem))
    elif not is_loopback(host):
        faults.append(("SIMULATOR", "is for demos and tests; it needs a BASE_URL on a loopback host"))
    form = settings.local_url + SIMULATOR_PATH
    problem = f"has a real form; if SIMULATOR is on, its base_url must be {form}"
    return faults + [
        (f"PROJECTS.{name}", problem)
        for name, project in settings.projects.items()
        if project.base_url != form
    ]


def _scope_faults(settings: Settings) -> list[tuple[str, str]]:
    """Return which scopes are of nobody, or for projects that there are not."""
    faults = []
    for holder, permissions in settings.api_scopes.items():
        setting = f"API_SCOPES.{shown_name(holder)}"
        if holder not in settings.api_tokens:
            faults.append((setting, "is not one of API_TOKENS"))
        if permissions.projects is not None and not permissions.projects <= set(settings.projects):
            faults.append((setting, "names a project that is not in PROJECTS"))
    return faults


def _pool_faults(settings: Settings) -> list[tuple[str, str]]:
    """Return why pools of token ids cannot be kept."""
    faults = []
    if settings.token_pools and settings.store == SEALED:
        faults.append(("TOKEN_POOLS", "needs a store: a token id is drawn once"))
    for name in settings.token_pools:
        project, setting = settings.projects.get(name), f"TOKEN_POOLS.{shown_name(name)}"
        if project is None:
            faults.append((setting, "is not one of PROJECTS"))
        elif not project.api_keys():
            faults.append((setting, "needs the project's api_key, which registers token ids"))
    return faults
