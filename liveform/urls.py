"""Query pairs <-> URL text (RFC 3986)."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlsplit

from liveform.encoding import MAX_TEXT_CHARS, percent_encode
from liveform.errors import ConfigError, MalformedError
from liveform.json_text import is_unicode

if TYPE_CHECKING:
    from collections.abc import Iterable

VENDOR_BASE_URL: Final = "https://form.argosidentity.com"
FORM_PATH: Final = "/"  # the vendor writes it with and without the slash: equivalent, RFC 3986 section 6.2.3
KNOWLEDGE_PATH: Final = "/knowledge"
MAX_PARAMETERS: Final = 100

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


def build_url(base_url: str, path: str, pairs: Iterable[tuple[str, str]]) -> str:
    """Return ``base_url`` with a path and a query in which every name and value is percent-encoded."""
    query = "&".join(f"{percent_encode(name)}={percent_encode(value)}" for name, value in pairs)
    return f"{base_url}{path}?{query}"


def check_base_url(base_url: object) -> str:
    """Return ``base_url`` without a slash at its end.

    Raises:
        ConfigError: not https (http is for loopback only), or with user, query or fragment.
    """
    try:
        parts = urlsplit(base_url if isinstance(base_url, str) else "")
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if host is None or not isinstance(base_url, str) or not re.fullmatch(r"[!-~]+", base_url):
        raise ConfigError(("base_url", f"must be a URL such as {VENDOR_BASE_URL}"))
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(host)):
        raise ConfigError(("base_url", "must be https (http is for localhost and other loopback hosts only)"))
    if "?" in base_url or "#" in base_url or "@" in parts.netloc:
        raise ConfigError(("base_url", "must have no user, query or fragment"))
    return base_url.rstrip("/")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def query_of(text: str) -> str:
    """Return the query of a URL, or ``text`` itself if it is a query string already."""
    head = text.split("=", 1)[0]
    if "?" in head:
        text = text.split("?", 1)[1]
    elif _SCHEME.match(head) or head.startswith("/"):
        return ""
    return text.split("#", 1)[0]


def read_pairs(text: str) -> list[tuple[str, str]]:
    """Return the query pairs of a URL or a query string, decoded as a form is (``+`` is a space).

    Raises:
        MalformedError: over 65,536 characters or 100 parameters, or not UTF-8.
    """
    if len(text) > MAX_TEXT_CHARS:
        raise MalformedError(f"the URL has more than {MAX_TEXT_CHARS} characters")
    if not is_unicode(text):
        raise MalformedError("the URL holds a lone surrogate")
    try:
        return parse_qsl(
            query_of(text), keep_blank_values=True, errors="strict", max_num_fields=MAX_PARAMETERS
        )
    except ValueError:  # UnicodeDecodeError is one
        raise MalformedError(
            f"the query is not UTF-8, or has more than {MAX_PARAMETERS} parameters"
        ) from None
