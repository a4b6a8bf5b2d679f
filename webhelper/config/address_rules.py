"""The rules of the settings that are addresses: of this site, of what it leads to, and of who may ask it."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from liveform import ConfigError
from liveform.form_urls import https_address, written_host
from webhelper.config.rules import texts

_USUAL_PORTS: Final = {"https": 443, "http": 80}
_NAME: Final = r"[a-z0-9-]+(?:\.[a-z0-9-]+)*"
_HOST: Final = re.compile(rf"{_NAME}|\[[0-9a-f:.]+\]")
_PATH: Final = re.compile(r"(/[A-Za-z0-9._~-]+)*")
_APP_SCHEME: Final = r"[a-z][a-z0-9+.-]{1,62}"  # RFC 3986 section 3.1
_APP_ORIGIN: Final = re.compile(rf"({_APP_SCHEME})://{_NAME}")
# What browsers and systems answer themselves, or hand to whatever app an address names.
_NO_APP_SCHEMES: Final = {
    *("about", "blob", "chrome", "chrome-extension", "data", "file", "filesystem", "ftp", "http", "https"),
    *("javascript", "jar", "moz-extension", "resource", "vbscript", "view-source", "ws", "wss"),
    *("android-app", "content", "intent", "market"),
}
_HTTPS: Final = "https (http on loopback only), a host in lower case and no default port"


def base_url(name: str, value: object) -> str:
    """Return the address of this site: its origin, and the path under which it is, without a slash behind."""
    problem = f"must be this site's own address, such as https://shop.example.com/kyc: {_HTTPS}"
    origin, path = _address(name, value, problem, in_lan=True)
    path = path.removesuffix("/")
    if not _PATH.fullmatch(path):
        raise ConfigError((name, problem))
    return origin + path


def local_url(url: str) -> str:
    """Return the address on loopback of a demo whose address in its network is ``url``."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    return f"http://127.0.0.1{port}{parts.path}"


def cors_origins(name: str, value: object) -> frozenset[str]:
    """Return the origins whose pages may call ``/api/returns``: of sites, or of apps made of web pages."""
    return frozenset(_origin(name, origin) for origin in texts(name, value))


def _origin(name: str, value: str) -> str:
    problem = f"must be a list of origins, such as https://app.example.com: {_HTTPS}, and no path"
    problem += "; or of apps, such as capacitor://localhost"
    app = _APP_ORIGIN.fullmatch(value.removesuffix("/"))
    if app is not None and app[1] not in _NO_APP_SCHEMES:
        return app[0]
    origin, path = _address(name, value, problem)
    if path not in ("", "/"):
        raise ConfigError((name, problem))
    return origin


def _address(name: str, value: object, problem: str, *, in_lan: bool = False) -> tuple[str, str]:
    """Return the origin of an address as browsers write it, and the path behind it.

    With ``in_lan``, http is for private networks too; ``conflicts_of`` says for which sites.
    """
    parts = https_address(value) or (_lan_address(value) if in_lan else None)
    if parts is None:
        raise ConfigError((name, problem))
    scheme, host, port = parts["scheme"].lower(), parts["host"], parts["port"]
    if not _HOST.fullmatch(host) or (port and int(port) == _USUAL_PORTS[scheme]):  # not in origins
        raise ConfigError((name, problem))
    origin = f"{scheme}://{written_host(host)}"
    return (f"{origin}:{port}" if port else origin), parts["path"]


def _lan_address(value: object) -> dict[str, str] | None:
    """Return the parts of an http address in a private network."""
    is_http = isinstance(value, str) and value.lower().startswith("http://")
    parts = https_address(f"https{str(value)[4:]}") if is_http else None
    return None if parts is None or not is_private(parts["host"]) else parts | {"scheme": "http"}


def is_private(host: str) -> bool:
    """Return whether a host of a URL is an address that the internet does not lead to."""
    try:
        return not ip_address(host.strip("[]")).is_global
    except ValueError:
        return False


def return_hosts(name: str, value: object) -> frozenset[str]:
    """Return the hosts that ``next`` may have, as browsers write them; a scheme in front is left out."""
    return frozenset(_return_host(name, text.lower()) for text in texts(name, value))


def _return_host(name: str, text: str) -> str:
    whole = text.removesuffix("/") if "://" in text else f"https://{text}"
    parts = https_address(whole)
    if parts is None or not _HOST.fullmatch(parts["host"]) or parts["path"]:
        problem = (
            "must be a list of hosts, such as app.example.com or localhost:3000, with https:// or nothing"
        )
        raise ConfigError((name, f"{problem} in front (http:// on loopback), no path"))
    host, port = written_host(parts["host"]), parts["port"]
    return f"{host}:{port}" if port and int(port) != _USUAL_PORTS[parts["scheme"]] else host


def return_schemes(name: str, value: object) -> frozenset[str]:
    """Return the schemes of apps that ``next`` may have, in lower case and without a colon."""
    schemes = frozenset(re.sub(r":(//)?$", "", text.lower()) for text in texts(name, value))
    if not all(re.fullmatch(_APP_SCHEME, scheme) for scheme in schemes) or schemes & _NO_APP_SCHEMES:
        problem = "must be a list of schemes of apps of yours, such as myapp or com.example.app"
        raise ConfigError((name, f"{problem}; no scheme of browsers or systems, such as https or intent"))
    return schemes
