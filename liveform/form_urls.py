"""Where the vendor's forms are: base URL, path and pid; the longest URL; and what counts as loopback."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from liveform.errors import ConfigError
from liveform.parameters.form import Form
from liveform.parameters.model import Pipeline
from liveform.wire.encoding import percent_encode

if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv6Address

    from liveform.parameters.lookup import ParameterTable

__all__ = ["https_address", "is_loopback"]  # what webhelper uses too

# RFC 9110 section 4.1 wants 8,000 octets from everyone. Past that it is luck: nginx stops at 8 KiB of
# request line and CloudFront at 8,192 bytes of URL; browsers take far more. The vendor names no limit.
MAX_URL_CHARS: Final = 8_000
VENDOR_BASE_URL: Final = "https://form.argosidentity.com"
FORM_PATH: Final = "/"  # the vendor writes it with and without the slash: equivalent, RFC 3986 section 6.2.3
KNOWLEDGE_PATH: Final = "/knowledge"
MAX_PORT: Final = 65_535

_HTTPS: Final = "must be https (http is for localhost and other loopback hosts only)"
_ADDRESS: Final = re.compile(
    r"(?P<scheme>https?)://"
    r"(?P<host>[A-Z0-9-]+(?:\.[A-Z0-9-]+)*\.?|\[[0-9A-F:.]+\])"
    r"(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<path>(?:/(?!\.{1,2}(?:/|$))[A-Z0-9._~-]*)*)",  # no segment that is . or .., which browsers resolve
    re.IGNORECASE | re.ASCII,
)

_PATHS: Final = {
    Pipeline.ID_DOCUMENT: FORM_PATH,
    Pipeline.KNOWLEDGE: KNOWLEDGE_PATH,
    Pipeline.INJECTION: FORM_PATH,
}
# Projects share forms: there are six for each table and mode.
_form: Final = lru_cache(maxsize=64)(Form)


class FormAddress(NamedTuple):
    """Made once for a project, so that a URL costs only what differs from user to user."""

    start: str  # up to the pid
    encrypting: Form
    plain: Form


def form_address(
    pipeline: Pipeline, *, pid: str, base_url: str, table: ParameterTable, encryption_only: bool
) -> FormAddress:
    """Return the address of a pipeline."""
    return FormAddress(
        start=f"{base_url}{_PATHS[pipeline]}?pid={percent_encode(pid)}",
        encrypting=_form(table, pipeline, encrypt=True, encryption_only=encryption_only),
        plain=_form(table, pipeline, encrypt=False, encryption_only=encryption_only),
    )


def check_base_url(base_url: object) -> str:
    """Return ``base_url`` as it was given, without a slash at its end.

    Raises:
        ConfigError: not https (http is for loopback only), or not written as every browser reads it alike.
    """
    if not isinstance(base_url, str) or https_address(base_url) is None:
        raise ConfigError(("base_url", f"{_HTTPS}, such as {VENDOR_BASE_URL}: host, port and path only"))
    return base_url.rstrip("/")


def https_address(url: object) -> dict[str, str] | None:
    """Return scheme, host, port and path of an https URL that has nothing else; http is for loopback only.

    Args:
        url: a URL as somebody configured it.

    Returns:
        The parts as they are written, the port empty if there is none. None if the URL is another kind of
        URL, or if browsers do not all read it alike.
    """
    written = _ADDRESS.fullmatch(url) if isinstance(url, str) else None
    if written is None or not _is_host(written["host"]) or int(written["port"] or 0) > MAX_PORT:
        return None
    if written["scheme"].lower() != "https" and not is_loopback(written["host"]):
        return None
    return written.groupdict(default="")


def is_loopback(host: str) -> bool:
    """Return whether a host of a URL is this machine: localhost, 127.0.0.0/8 or ::1, in brackets or not."""
    address = _address(host)
    return host.lower() == "localhost" or (address is not None and address.is_loopback)


def _is_host(host: str) -> bool:
    """Whether the host is a name, or an address in its usual form (``127.1`` is an address to browsers)."""
    is_address = host.startswith("[") or host.rpartition(".")[2][:1].isdigit()
    return not is_address or _address(host) is not None


def _address(host: str) -> IPv4Address | IPv6Address | None:
    from ipaddress import ip_address  # noqa: PLC0415 - only for hosts that are no names

    try:
        return ip_address(host.strip("[]"))
    except ValueError:
        return None
