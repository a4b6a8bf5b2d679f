"""Create links, find them by their tokens, and redeem them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from webhelper.errors import EmptyPoolError, UsedUpError
from webhelper.links.models import ID_BYTES, Visit
from webhelper.links.private_mode import NoPools, draws_token_id, has_ended
from webhelper.links.validation import checked_spec
from webhelper.links.visit_ids import new_visit_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from webhelper.links.form_url import FormUrls
    from webhelper.links.link_request import LinkRequest
    from webhelper.links.models import Link, LinkSpec
    from webhelper.links.next_urls import NextUrls
    from webhelper.links.private_mode import TokenIdPools
    from webhelper.links.signing.link_tokens import LinkTokens
    from webhelper.links.stores.base import IdempotencyKey, Store

_NO_POOLS: Final = NoPools()


class LinkService:
    """Everything that can be done with links, over one store.

    Args:
        store: keeps the links.
        tokens: signs the part of a link's URL that names it.
        form_urls: builds the Liveform URL of each visit.
        next_urls: where a link's ``next`` may lead to.
        clock: Unix time.
        pools: the projects in private mode, whose links draw token ids.
        sealed: opens links that no store keeps, for their tokens carry all of them: those that were made
            while ``STORE`` was ``sealed:``. None has ``store`` open every link.
    """

    def __init__(
        self,
        *,
        store: Store,
        tokens: LinkTokens,
        form_urls: FormUrls,
        next_urls: NextUrls,
        clock: Callable[[], float] = time.time,
        pools: TokenIdPools = _NO_POOLS,
        sealed: Store | None = None,
    ) -> None:
        self.store = store
        self._sealed = store if sealed is None else sealed
        self.clock = clock
        self._tokens = tokens
        self._form_urls = form_urls
        self._next_urls = next_urls
        self._pools = pools

    def check(self, request: LinkRequest, *, by: str) -> LinkSpec:
        """Return the spec of the link that ``create`` would create; errors as there."""
        return checked_spec(
            request,
            by=by,
            now=self.clock(),
            form_urls=self._form_urls,
            next_urls=self._next_urls,
            pools=self._pools,
        )

    def create(
        self,
        request: LinkRequest,
        *,
        by: str,
        idempotency_key: IdempotencyKey | None = None,
        gets_number: bool = False,
    ) -> tuple[Link, bool]:
        """Return the new link and True; or, for a repeated request, the first one's link and False.

        Args:
            request: what is asked for.
            by: the name of the API token or of the kiosk.
            idempotency_key: of the request.
            gets_number: whether it is a code of the kiosk ``by``, and gets its next number.

        Raises:
            FieldError: ``.field`` names what is wrong in the request.
            NotKeptError, KeyReusedError, EmptyPoolError: see ``Store.create``.
        """
        spec, now = self.check(request, by=by), self.clock()
        draws = draws_token_id(spec, self._pools)
        try:
            made = self.store.create(
                spec, now=now, idempotency_key=idempotency_key, draws_token_id=draws, gets_number=gets_number
            )
        except EmptyPoolError:
            self._pools.found_empty(spec.project, now)
            raise
        if draws:
            self._pools.drawn(spec.project)
        return made

    def token(self, link: Link) -> str:
        """Return the token of a link, for its URL."""
        return self._tokens.sign(link.payload)

    def authenticate(self, token: str) -> bytes:
        """Return the payload of a token that we signed, without a look at the store.

        Raises:
            BadSignatureError: we did not sign it.
        """
        return self._tokens.verify(token)

    def find(self, token: str) -> Link:
        """Return the link of a token, whether it can be opened or not.

        Raises:
            BadSignatureError: we did not sign the token.
            UnknownLinkError: we did, but the store does not hold the link.
        """
        payload = self.authenticate(token)
        return self._store_of(payload).find(payload)

    def _store_of(self, payload: bytes) -> Store:
        """Return the store that opens a link; if its payload is more than an id, none has to keep it."""
        return self.store if len(payload) == ID_BYTES else self._sealed

    def is_allowed_next(self, url: str) -> bool:
        """Whether a browser may still be sent to ``url``, which some link has as its ``next``."""
        return self._next_urls.problem_of(url) is None

    def check_open(self, link: Link, browser: bytes | None = None) -> bool:
        """Return whether this browser comes back to a use that it had; nothing is counted.

        Raises:
            ExpiredError, UsedUpError, RevokedError, TokenIdExpiredError: it does not, and the link has no use
                left for it.
        """
        if browser is not None and self.earlier_visit(link, browser) is not None:
            return True
        link.check_open(self.clock())
        return False

    def earlier_visit(self, link: Link, browser: bytes) -> Visit | None:
        """Return the visit that this browser may come back to, if there is one."""
        if not link.is_limited or has_ended(link):
            return None
        return self.store.visit_of(link, browser, now=self.clock())

    def redeem(self, link: Link, browser: bytes | None = None, *, language: str | None = None) -> str:
        """Count one use and return the URL of the Liveform, made fresh.

        Args:
            link: from ``find``.
            browser: a digest that tells browsers apart, to which the visit state is bound; one that redeemed
                a limited link comes back within the grace time without a second use. None binds it to no
                browser, so that no return counts.
            language: that the visitor chose for the form, as ``is_language`` allows it.

        Raises:
            UnknownLinkError, ExpiredError, UsedUpError, RevokedError, TokenIdExpiredError: it cannot be
                opened now.
            FieldError: the project has changed, and its form no longer takes these fields.
        """
        now = self.clock()
        visit = Visit(
            id=new_visit_id(link.id, now),
            link_id=link.id,
            at=now,
            userid=self._form_urls.new_userid(link.spec),
        )
        # First, so that no use is lost if it cannot be built.
        url = self._form_urls.url_in(language, link.spec, visit, browser=browser)
        store = self._store_of(link.payload)
        counted = store.visit(link, visit, browser=browser if link.is_limited else None)
        if counted.id == visit.id:
            return url
        if has_ended(link):
            raise UsedUpError
        return self.go_on(link, counted, browser, language=language)

    def go_on(self, link: Link, visit: Visit, browser: bytes | None, *, language: str | None) -> str:
        """Return a fresh URL of the Liveform for a visit that was counted; the rest is as in ``redeem``."""
        return self._form_urls.url_in(language, link.spec, visit, browser=browser)
