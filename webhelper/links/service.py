"""The desk: everything that can be done with links, over one store."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from webhelper.links.models import Visit, new_visit_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from webhelper.links.form_url import FormUrls
    from webhelper.links.link_request import LinkRequest
    from webhelper.links.models import Link
    from webhelper.links.signing.link_tokens import LinkTokens
    from webhelper.links.stores.base import IdempotencyKey, Store
    from webhelper.links.validation import OrderCheck


class Opening(NamedTuple):
    """What a browser finds when it opens a link.

    Attributes:
        link: the link.
        again: whether this browser redeemed it a moment ago and may come back without a second use.
    """

    link: Link
    again: bool


class LinkService:
    """Creates links and serves them.

    Args:
        store: where links are kept.
        tokens: how they are signed.
        targets: where they lead.
        check: what may be ordered.
        clock: Unix time.
    """

    def __init__(
        self,
        *,
        store: Store,
        tokens: LinkTokens,
        form_urls: FormUrls,
        check: OrderCheck,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.store = store
        self.clock = clock
        self._tokens = tokens
        self._form_urls = form_urls
        self._check = check

    def check(self, link_request: LinkRequest, *, by: str) -> None:
        """Return if such a link could be created; errors as in ``create``."""
        self._check(link_request, by=by, now=self.clock())

    def create(
        self, link_request: LinkRequest, *, by: str, idempotency_key: IdempotencyKey | None = None
    ) -> tuple[Link, bool]:
        """Return the new link and True; or, for a repeated request, the first one's link and False.

        Raises:
            FieldError: what of the wish is wrong.
            NotKeptError, KeyReusedError: see ``Store.create``.
        """
        now = self.clock()
        return self.store.create(
            self._check(link_request, by=by, now=now), now=now, idempotency_key=idempotency_key
        )

    def token(self, link: Link) -> str:
        """Return the token of a link, for its URL."""
        return self._tokens.write(link.payload)

    def authenticate(self, token: str) -> bytes:
        """Return the payload of a token that we signed; the store is not touched.

        Raises:
            BadSignatureError: it is not ours.
        """
        return self._tokens.read(token)

    def find(self, token: str) -> Link:
        """Return the link of a token, open or not.

        Raises:
            BadSignatureError: not ours.
            UnknownLinkError: ours, but not in the store.
        """
        return self.store.find(self.authenticate(token))

    def is_allowed_next(self, url: str) -> bool:
        """Whether ``url`` may still be somebody's ``next``; settings change."""
        return self._check.is_allowed(url)

    def look(self, token: str, browser: bytes | None = None) -> Opening:
        """Return the link of a token, if it can be opened; nothing is counted.

        Raises:
            BadSignatureError: not ours.
            UnknownLinkError, ExpiredError, UsedUpError, RevokedError: ours, but cannot be opened.
        """
        link = self.find(token)
        now = self.clock()
        if browser is not None and link.is_limited and self.store.visit_of(link, browser, now=now):
            return Opening(link, again=True)
        link.check_open(now)
        return Opening(link, again=False)

    def redeem(self, link: Link, browser: bytes | None = None) -> str:
        """Count one use and return the URL of the Liveform, made fresh.

        Args:
            link: from ``find`` or ``look``.
            browser: a digest that tells browsers apart; of a limited link it may come back within the
                grace time without a second use.

        Raises:
            UnknownLinkError, ExpiredError, UsedUpError, RevokedError: it cannot be opened, now.
            FieldError: the project has changed, and its form does not take these fields any more.
        """
        userid = self._form_urls.new_userid(link.spec)
        now = self.clock()
        wanted = Visit(id=new_visit_id(link.id, now), link_id=link.id, at=now, userid=userid)
        url = self._form_urls.url(link.spec, wanted)  # first, so that no use is lost if it cannot be built
        visit = self.store.visit(link, wanted, browser=browser if link.is_limited else None)
        return url if visit is wanted else self._form_urls.url(link.spec, visit)
