"""The services that the views use: ``create_app`` makes them once and keeps them on the app."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

from flask import current_app

if TYPE_CHECKING:
    from webhelper.background import Background
    from webhelper.config.settings import Settings
    from webhelper.confirmation.asking import VendorApi
    from webhelper.confirmation.confirming import Confirmer
    from webhelper.confirmation.inbox import Inbox
    from webhelper.confirmation.work import EventWorker
    from webhelper.links.browser_cookie import BrowserCookie
    from webhelper.links.hand_over import HandOvers
    from webhelper.links.models import Link
    from webhelper.links.result_codes import ResultCodes
    from webhelper.links.returns import Returns
    from webhelper.links.service import LinkService
    from webhelper.links.signing.signed_values import SignedValues
    from webhelper.links.waiting import Waits
    from webhelper.readiness import Readiness
    from webhelper.sessions import Sessions
    from webhelper.throttling.request_limits import RequestLimits
    from webhelper.token_pool.pools import TokenPools

EXTENSION: Final = "webhelper"


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The settings of a site, and the services that its views use."""

    settings: Settings
    browser_cookie: BrowserCookie
    links: LinkService
    hand_overs: HandOvers
    returns: Returns
    result_codes: ResultCodes
    signed_values: SignedValues
    waits: Waits
    inbox: Inbox
    event_worker: EventWorker
    confirmer: Confirmer
    vendor_api: VendorApi
    background: Background
    readiness: Readiness
    token_pools: TokenPools
    limits: RequestLimits
    sessions: Sessions

    def url(self, link: Link) -> str:
        """Return the URL of a link."""
        return self.url_of(self.links.token(link))

    def url_of(self, token: str) -> str:
        """Return the URL of a token, which is in capitals: a QR code holds them in fewer modules."""
        return f"{self.settings.base_url}/r/{token.upper()}"


def services() -> Services:
    """Return the services of the app that answers this request."""
    return cast("Services", current_app.extensions[EXTENSION])
