"""A wish -> an order, checked by the library now and not at the click."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from liveform import FieldError
from liveform.form_urls import is_loopback
from webhelper.links.models import ID_BYTES, LinkSpec, Visit
from webhelper.links.signing.base32 import to_base32

if TYPE_CHECKING:
    from webhelper.links.form_url import FormUrls
    from webhelper.links.link_request import LinkRequest

_NOT_IN_URLS: Final = frozenset(' "<>\\^`{|}')
_SOME_ID: Final = to_base32(bytes(ID_BYTES))


class OrderCheck:
    """Checks wishes.

    Args:
        targets: builds the URL of a link; here, to see whether it can be built.
        return_hosts: where ``next`` may lead.
    """

    def __init__(self, form_urls: FormUrls, return_hosts: frozenset[str]) -> None:
        self._form_urls = form_urls
        self._return_hosts = return_hosts

    def __call__(self, link_request: LinkRequest, *, by: str, now: float) -> LinkSpec:
        """Return the order.

        Raises:
            FieldError: ``.field`` says what of the wish is wrong; parameters have the vendor's names.
        """
        if link_request.next is not None and not self.is_allowed(link_request.next):
            hosts = ", ".join(sorted(self._return_hosts)) or "none (see RETURN_HOSTS)"
            raise FieldError("next", f"must be an https URL; allowed hosts are {hosts}")
        spec = LinkSpec(
            project=self._form_urls.project_name(link_request.project),
            pipeline=link_request.pipeline,
            fields=dict(link_request.fields),
            expires_at=int(now) + link_request.expires_in,
            max_uses=link_request.max_uses,
            label=link_request.label,
            unique_userid=link_request.unique_userid,
            next=link_request.next,
            created_by=by,
        )
        trial = Visit(id=_SOME_ID, link_id="", at=now, userid=self._form_urls.new_userid(spec))
        self._form_urls.url(spec, trial)
        return spec

    def is_allowed(self, url: str) -> bool:
        """Whether a browser may be sent to ``url``: https (or http on loopback), and a host of the list."""
        if not url.isascii() or not url.isprintable() or _NOT_IN_URLS & set(url):
            return False
        try:
            parts = urlsplit(url)
            host = parts.hostname
        except ValueError:
            return False
        is_web = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host or ""))
        return is_web and parts.netloc.lower() in self._return_hosts
