"""The rules of the settings of webhooks, messages and background jobs, in the form of ``rules.py``."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from types import MappingProxyType
from typing import Final

from liveform import ConfigError
from liveform.form_urls import https_address
from webhelper.config.rules import shown_name, texts, whole_number

MOST_TOKEN_IDS: Final = 100_000  # of one project (TOKP)


def minutes(name: str, value: object) -> int:
    """Return how many minutes are between two runs of a job; 0 for never."""
    problem = "must be a number of minutes, 1 to 1440, or 0 for never"
    return whole_number(name, value, most=1440, problem=problem)


def proxies(name: str, value: object) -> int:
    """Return how many proxies of the operator are in front of this site."""
    problem = "must be the number of your proxies, 0 to 8, each of which adds an address to X-Forwarded-For"
    return whole_number(name, value, most=8, problem=problem)


def networks(name: str, value: object) -> tuple[IPv4Network | IPv6Network, ...]:
    """Return the networks that webhooks may come from; a single address is a network of one."""
    found = []
    for text in texts(name, value):
        try:
            found.append(ip_network(text))
        except ValueError:
            problem = "must be a list of addresses or networks, such as 52.78.194.237 or 10.0.0.0/8"
            raise ConfigError((name, problem)) from None
    if not found:
        raise ConfigError((name, "must name at least one address; 0.0.0.0/0 and ::/0 take every sender"))
    return tuple(found)


def outgoing_url(name: str, value: object) -> str | None:
    """Return where this site posts messages of its own."""
    if value is None or (https_address(value) is not None and len(str(value)) <= 2000):
        return None if value is None else str(value)
    raise ConfigError((name, "must be an https URL (http on loopback only) of a server of yours"))


def outgoing_secrets(name: str, value: object) -> tuple[bytes, ...]:
    """Return the secrets of Standard Webhooks, decoded: ``whsec_`` and 24 to 64 bytes in base64."""
    return tuple(_outgoing_secret(name, text) for text in texts(name, value))


def _outgoing_secret(name: str, text: str) -> bytes:
    try:
        secret = b64decode(text.removeprefix("whsec_"), validate=True)
    except ValueError:
        secret = b""
    if not text.startswith("whsec_") or not 24 <= len(secret) <= 64:
        made = "python -c 'import base64, os; print(\"whsec_\" + base64.b64encode(os.urandom(32)).decode())'"
        problem = "must be a list of secrets, the newest first: whsec_ and 24 to 64 bytes in base64; "
        raise ConfigError((name, f"{problem}{made} makes one"))
    return secret


def modules(name: str, value: object) -> tuple[str, ...]:
    """Return the names of modules to import."""
    names = tuple(texts(name, value))
    if not all(part.isidentifier() for text in names for part in text.split(".")):
        raise ConfigError((name, "must be a list of modules, such as shop.handlers"))
    return names


def token_pools(name: str, value: object) -> Mapping[str, int]:
    """Return how many token ids are kept ready, by project."""
    if not isinstance(value, Mapping):
        raise ConfigError((name, "must be a mapping of projects to numbers of token ids"))
    for project, size in value.items():
        problem = "must be a number of token ids, 1 to 100000: so many fit into a project (TOKP)"
        if type(size) is not int or not 1 <= size <= MOST_TOKEN_IDS:
            raise ConfigError((f"{name}.{shown_name(project)}", problem))
    return MappingProxyType(dict(value))
