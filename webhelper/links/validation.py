"""A link request -> the spec of its link, checked when it is created and not when somebody opens it."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from liveform import FieldError
from liveform.form_urls import is_loopback
from webhelper.links.link_request import LinkRequest
from webhelper.links.models import LinkSpec
from webhelper.links.private_mode import NoPools, draws_token_id, with_some_token_id

if TYPE_CHECKING:
    from webhelper.links.form_url import FormUrls
    from webhelper.links.private_mode import TokenIdPools

_NOT_IN_URLS: Final = frozenset(' "<>\\^`{|}')
_NO_POOLS: Final = NoPools()
# What a spec takes from the request as it is.
_SHARED: Final = tuple(
    name for name in LinkRequest.__struct_fields__ if name in {field.name for field in fields(LinkSpec)}
)


def checked_spec(
    request: LinkRequest,
    *,
    by: str,
    now: float,
    form_urls: FormUrls,
    return_hosts: frozenset[str],
    pools: TokenIdPools = _NO_POOLS,
) -> LinkSpec:
    """Return the spec of the link that is asked for.

    Args:
        request: what the caller sent.
        by: the name of the API token or of the kiosk.
        now: Unix time.
        form_urls: builds the URLs of visits; one is built to see that it can be.
        return_hosts: hosts that ``next`` may lead to.
        pools: the projects in private mode.

    Raises:
        FieldError: ``.field`` names what is wrong; parameters have the vendor's names.
    """
    if request.next is not None and not is_allowed_next(request.next, return_hosts):
        hosts = ", ".join(sorted(return_hosts)) or "none (see RETURN_HOSTS)"
        raise FieldError("next", f"must be an https URL; allowed hosts are {hosts}")
    shared = {name: getattr(request, name) for name in _SHARED}
    spec = LinkSpec(
        **shared
        | {
            "project": form_urls.project_name(request.project),
            "fields": dict(request.fields),
            "expires_at": int(now) + request.expires_in,
            "created_by": by,
        }
    )
    form_urls.check(with_some_token_id(spec) if draws_token_id(spec, pools) else spec, now)
    return spec


def is_allowed_next(url: str, return_hosts: frozenset[str]) -> bool:
    """Whether a browser may be sent to ``url``: https (or http on loopback), and a host of the list."""
    if not url.isascii() or not url.isprintable() or _NOT_IN_URLS & set(url):
        return False
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return False
    is_web = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host or ""))
    return is_web and parts.netloc.lower() in return_hosts
