"""Query pairs <-> URL text (RFC 3986)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from liveform.encoding import MAX_TEXT_CHARS, form_decode, percent_encode
from liveform.errors import ConfigError, MalformedError
from liveform.json_text import is_unicode

if TYPE_CHECKING:
    from collections.abc import Iterable
    from ipaddress import IPv4Address, IPv6Address

# RFC 9110 section 4.1 wants 8,000 octets from everyone. Past that it is luck: nginx stops at 8 KiB of
# request line and CloudFront at 8,192 bytes of URL; browsers take far more. The vendor names no limit.
MAX_URL_CHARS: Final = 8_000
VENDOR_BASE_URL: Final = "https://form.argosidentity.com"
FORM_PATH: Final = "/"  # the vendor writes it with and without the slash: equivalent, RFC 3986 section 6.2.3
KNOWLEDGE_PATH: Final = "/knowledge"
MAX_PARAMETERS: Final = 100
MAX_PORT: Final = 65_535

_HTTPS: Final = "must be https (http is for localhost and other loopback hosts only)"
_BASE_URL: Final = re.compile(
    r"(?P<scheme>https?)://"
    r"(?P<host>[A-Z0-9-]+(?:\.[A-Z0-9-]+)*\.?|\[[0-9A-F:.]+\])"
    r"(?::(?P<port>[0-9]{1,5}))?"
    r"(?:/(?!\.{1,2}(?:/|$))[A-Z0-9._~-]*)*",  # no segment that is . or .., which browsers resolve
    re.IGNORECASE | re.ASCII,
)
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


def build_query(pairs: Iterable[tuple[str, str]]) -> str:
    """Return a query in which every name and value is percent-encoded."""
    return "&".join([f"{percent_encode(name)}={percent_encode(value)}" for name, value in pairs])


def check_base_url(base_url: object) -> str:
    """Return ``base_url`` as it was given, without a slash at its end.

    Raises:
        ConfigError: not https (http is for loopback only), or not written as every browser reads it alike.
    """
    written = _BASE_URL.fullmatch(base_url) if isinstance(base_url, str) else None
    if written is None or not _is_host(written["host"]) or int(written["port"] or 0) > MAX_PORT:
        raise ConfigError(("base_url", f"{_HTTPS}, such as {VENDOR_BASE_URL}: host, port and path only"))
    if written["scheme"].lower() != "https" and not _is_loopback(written["host"]):
        raise ConfigError(("base_url", _HTTPS))
    return written[0].rstrip("/")


def _is_host(host: str) -> bool:
    """Whether the host is a name, or an address in its usual form (``127.1`` is an address to browsers)."""
    is_address = host.startswith("[") or host.rpartition(".")[2][:1].isdigit()
    return not is_address or _address(host) is not None


def _is_loopback(host: str) -> bool:
    address = _address(host)
    return host.lower() == "localhost" or (address is not None and address.is_loopback)


def _address(host: str) -> IPv4Address | IPv6Address | None:
    from ipaddress import ip_address  # noqa: PLC0415 - only for hosts that are no names

    try:
        return ip_address(host.strip("[]"))
    except ValueError:
        return None


def query_of(text: str) -> str:
    """Return the query of a URL, or ``text`` itself if it is a query string already."""
    text = text.partition("#")[0]
    if text.startswith(("https://", "/")) or _SCHEME.match(text):
        return text.partition("?")[2]
    head, _, tail = text.partition("?")
    return text if "=" in head else tail or head  # "done?a=1", "?a=1", "a=1&next=/x?b=2"


def read_pairs(text: str) -> list[tuple[str, str]]:
    """Return the query pairs of a URL or a query string, decoded as a form is (``+`` is a space).

    Raises:
        MalformedError: over 65,536 characters or 100 parameters, or not UTF-8.
    """
    return read_query(query_of(checked_text(text)))


def checked_text(text: str) -> str:
    """Return the text of a URL or a query string, or raise ``MalformedError`` before any work is done."""
    if len(text) > MAX_TEXT_CHARS:
        raise MalformedError(f"the URL has more than {MAX_TEXT_CHARS} characters")
    if not is_unicode(text):
        raise MalformedError("the URL holds a lone surrogate")
    return text


def read_query(query: str) -> list[tuple[str, str]]:
    """Return the pairs of a query, as ``urllib.parse.parse_qsl`` does in three times the time.

    Raises:
        MalformedError: over 100 parameters, or not UTF-8.
    """
    parts = query.split("&", MAX_PARAMETERS)
    if len(parts) > MAX_PARAMETERS:
        raise MalformedError(f"the query has more than {MAX_PARAMETERS} parameters")
    pairs = []
    try:
        for part in parts:
            if part:
                name, _, value = part.partition("=")
                pairs.append((name if name.isalnum() else form_decode(name), form_decode(value)))
    except UnicodeDecodeError:
        raise MalformedError("the query is not UTF-8") from None
    return pairs
