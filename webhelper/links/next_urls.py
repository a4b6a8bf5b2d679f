"""Where browsers may go after the return: https pages of listed hosts, and apps of listed schemes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import SplitResult, urlsplit

from liveform.form_urls import is_loopback, written_host

if TYPE_CHECKING:
    from collections.abc import Collection

_NOT_IN_URLS: Final = frozenset(' "<>\\^`{|}')
_WHOLE: Final = "must be a whole URL, such as https://app.example.com/done"
_ENCODE: Final = "percent-encode it, as encodeURI() does in JavaScript and urllib.parse.quote() in Python"


class NextUrls:
    """Checks the URLs that links have as their ``next``.

    Args:
        hosts: that may be named, as browsers write them.
        schemes: of apps that may be opened, in lower case.
    """

    def __init__(self, hosts: Collection[str], schemes: Collection[str]) -> None:
        self._hosts = frozenset(hosts)
        self._names = {_name_of(host) for host in hosts}
        self._schemes = frozenset(schemes)

    def problem_of(self, url: str) -> str | None:
        """Return why no browser may be sent to ``url``, in words that do not repeat it; None if it may."""
        if not url.isascii():
            return f"has a character that is not ASCII; {_ENCODE}"
        if not url.isprintable() or _NOT_IN_URLS & set(url):
            return (
                f'has a space, a control character or one of "<>\\^`{{|}}, which URLs cannot have; {_ENCODE}'
            )
        try:
            parts = urlsplit(url)
        except ValueError:
            return "has a host that cannot be read"
        if parts.scheme in ("http", "https"):
            return self._problem_of_page(parts)
        if parts.scheme in self._schemes and url[len(parts.scheme) + 1 :].strip("/"):
            return None
        schemes = ", ".join(sorted(self._schemes)) or "none"
        return f"{_WHOLE}, or one of an app whose scheme is in RETURN_SCHEMES; allowed are {schemes}"

    def _problem_of_page(self, parts: SplitResult) -> str | None:
        name = parts.hostname or ""
        if parts.scheme == "http" and not is_loopback(name):
            return "must begin with https:// (http:// is for loopback hosts only)"
        if not parts.netloc:
            return _WHOLE
        if "@" in parts.netloc:
            return "must have no user name or password in front of its host"
        host = _written(parts.netloc)
        if host in self._hosts:
            return None
        allowed = ", ".join(sorted(self._hosts)) or "none"
        what = "port" if _name_of(host) in self._names else "host"
        return f"has a {what} that is not in RETURN_HOSTS; allowed are {allowed}"


def _written(host: str) -> str:
    """Return a host with its port as browsers write it."""
    end = host.find("]") + 1
    return written_host(host[:end]) + host[end:] if end else host.lower()


def _name_of(host: str) -> str:
    """Return a host without its port."""
    return host[: host.find("]") + 1] or host.partition(":")[0]
