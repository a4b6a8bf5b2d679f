"""The objects of a site, each made once and given what it needs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from liveform import ConfigError
from webhelper.config.rules import SEALED, SQLITE
from webhelper.errors import StoreError
from webhelper.links.browser_cookie import BrowserCookie
from webhelper.links.form_url import FormUrls
from webhelper.links.result_codes import ResultCodes
from webhelper.links.returns import Returns
from webhelper.links.service import LinkService
from webhelper.links.signing.link_tokens import LinkTokens
from webhelper.links.signing.sealing import Sealer
from webhelper.links.signing.signed_values import SignedValues
from webhelper.links.signing.visit_state import VisitStates
from webhelper.links.stores.sqlite.store import SqliteStore
from webhelper.links.stores.stateless import StatelessStore
from webhelper.links.waiting import Waits
from webhelper.services import Services

if TYPE_CHECKING:
    from collections.abc import Callable

    from webhelper.config.settings import Settings
    from webhelper.links.stores.base import Store


def make_services(settings: Settings, clock: Callable[[], float]) -> Services:
    """Return the services of a site.

    Raises:
        ConfigError: the store cannot be opened.
    """
    sealer, states = Sealer(settings.secret_keys), VisitStates(settings.secret_keys, clock)
    store, signed_values = _store(settings, sealer), SignedValues(settings.secret_keys, clock)
    form_urls = FormUrls(settings.projects, states, settings.state_field)
    return Services(
        settings=settings,
        browser_cookie=BrowserCookie(is_https=settings.is_https),
        links=LinkService(
            store=store,
            tokens=LinkTokens(settings.secret_keys),
            form_urls=form_urls,
            return_hosts=settings.return_hosts,
            clock=clock,
        ),
        returns=Returns(settings.projects, states, settings.state_field, store, clock),
        result_codes=ResultCodes(signed_values, store, clock),
        signed_values=signed_values,
        waits=Waits(signed_values, store, clock),
    )


def _store(settings: Settings, sealer: Sealer) -> Store:
    if settings.store == SEALED:
        return StatelessStore(sealer)
    path = Path(settings.store.removeprefix(SQLITE))
    try:
        return SqliteStore(
            path, sealer, retention_days=settings.retention_days, inbox_days=settings.inbox_days
        )
    except StoreError:
        problem = "cannot be opened: no access, not a store of links, or a store of another version"
        raise ConfigError(("STORE", problem)) from None
