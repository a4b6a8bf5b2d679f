"""Problems between settings that are right on their own."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from liveform.form_urls import is_loopback
from webhelper.config.rules import SEALED, SIMULATOR_PATH, shown_name

if TYPE_CHECKING:
    from webhelper.config.settings import Settings


def conflicts_of(settings: Settings) -> list[tuple[str, str]]:
    """Return the problems between settings that are right on their own."""
    digests = {sha256(key.encode()).digest() for key in settings.secret_keys}
    faults = []
    if digests & set(settings.api_tokens.values()):
        faults.append(("API_TOKENS", "must not contain one of SECRET_KEYS; its holder could sign links"))
    if settings.outgoing_url is not None and not settings.outgoing_secrets:
        faults.append(("OUTGOING_SECRETS", "is needed with OUTGOING_URL; receivers check the signature"))
    faults += _pool_faults(settings)
    if not settings.simulator:
        return faults
    form = settings.base_url + SIMULATOR_PATH
    if not is_loopback(urlsplit(settings.base_url).hostname or ""):
        faults.append(("SIMULATOR", "is for demos and tests; it needs a BASE_URL on a loopback host"))
    faults += [
        (f"PROJECTS.{name}", f"has a real form; if SIMULATOR is on, its base_url must be {form}")
        for name, project in settings.projects.items()
        if project.base_url != form
    ]
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
