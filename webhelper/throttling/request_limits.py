"""The limits of a site, as requests meet them: what counts, and as whose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from webhelper.client_address import client_of
from webhelper.config.limits import LimitName
from webhelper.errors import TooManyRequestsError

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

    from webhelper.throttling.throttle import Throttle

_EVERYBODY: Final = ""


class RequestLimits:
    """Counts requests. Every method raises ``TooManyRequestsError`` if it is too much now.

    Args:
        throttle: counts.
        proxies: how many proxies are in front of this site.
    """

    def __init__(self, throttle: Throttle, *, proxies: int) -> None:
        self._throttle = throttle
        self._proxies = proxies

    def failed_sign_in(self, environ: WSGIEnvironment) -> None:
        """Count an attempt to sign in to the console with a wrong API token, by its client and in total."""
        self._throttle.check(LimitName.SIGN_IN_TOTAL, _EVERYBODY)
        client = self._client(environ)
        if client is not None:
            self._throttle.count(LimitName.SIGN_IN, client)
        try:
            self._throttle.count(LimitName.SIGN_IN_TOTAL, _EVERYBODY)
        except TooManyRequestsError:
            if client is not None:
                self._throttle.give_back(LimitName.SIGN_IN, client)
            raise

    def api_request(self, holder: str) -> None:
        """Count a request with an API token, by its holder."""
        self._throttle.count(LimitName.API, holder)

    def wrong_token(self, environ: WSGIEnvironment) -> None:
        """Count a request with a wrong API token, by its client."""
        self._by_client(LimitName.WRONG_TOKENS, environ)

    def kiosk_code(self, tablet: str) -> None:
        """Count a code of a kiosk, by the tablet."""
        self._throttle.count(LimitName.KIOSK, tablet)

    def read_return(self, environ: WSGIEnvironment) -> None:
        """Count a return that is read without an API token, by its client."""
        self._by_client(LimitName.RETURNS, environ)

    def _by_client(self, name: LimitName, environ: WSGIEnvironment) -> None:
        client = self._client(environ)
        if client is not None:
            self._throttle.count(name, client)

    def _client(self, environ: WSGIEnvironment) -> str | None:
        return client_of(environ, proxies=self._proxies)
