"""The objects of a site, each made once and given what it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from webhelper.background import Background, Job, Work
from webhelper.confirmation.asking import VendorApi
from webhelper.confirmation.calls import CallPace
from webhelper.confirmation.confirming import Confirmer
from webhelper.confirmation.inbox import Inbox
from webhelper.confirmation.matching import Matcher
from webhelper.confirmation.reconcile import Reconciler
from webhelper.confirmation.reconcile_job import ReconcileJob
from webhelper.confirmation.work import EventWorker
from webhelper.links.browser_cookie import BrowserCookie
from webhelper.links.form_url import FormUrls, MovedFormUrls
from webhelper.links.hand_over import HandOvers
from webhelper.links.next_urls import NextUrls
from webhelper.links.purging import purge
from webhelper.links.result_codes import ResultCodes
from webhelper.links.returns import Returns
from webhelper.links.service import LinkService
from webhelper.links.signing.link_tokens import LinkTokens
from webhelper.links.signing.purposes import Purpose
from webhelper.links.signing.sealing import Sealer
from webhelper.links.signing.signed_values import SignedValues
from webhelper.links.signing.signers import StrictSigner
from webhelper.links.signing.visit_state import VisitStates
from webhelper.links.stores.outbox import Sink
from webhelper.links.stores.stateless import StatelessStore
from webhelper.links.waiting import Waits
from webhelper.messages.handlers import Handlers
from webhelper.messages.messenger import Messenger
from webhelper.messages.outgoing import Outgoing
from webhelper.readiness import Readiness
from webhelper.services import Services
from webhelper.sessions import Sessions
from webhelper.store_urls import open_store
from webhelper.throttling.request_limits import RequestLimits
from webhelper.throttling.throttle import Throttle
from webhelper.token_pool.pools import TokenPools

if TYPE_CHECKING:
    from collections.abc import Callable

    from webhelper.config.settings import Settings
    from webhelper.links.stores.base import Store

_INBOX: Final = "inbox"
_COUNT_EVERY_S: Final = 10.0
_PURGE_EVERY_S: Final = 3600.0
_SWEEP_EVERY_S: Final = 600.0


def make_services(settings: Settings, clock: Callable[[], float] | None = None) -> Services:
    """Return the services of a site; without a clock, the time is the store's.

    Raises:
        ConfigError: the store cannot be opened.
    """
    store = _store(settings)
    clock = store.clock if clock is None else clock
    states = VisitStates(settings.secret_keys, clock)
    signed_values = SignedValues(settings.secret_keys, clock)
    matcher = Matcher(states, settings.state_field, store.inbox)
    api = VendorApi(settings.projects, matcher)
    token_pools = TokenPools(
        settings.token_pools, settings.projects, store, wake=lambda pool: background.wake(pool.name)
    )
    handlers = Handlers(store)
    inbox = Inbox(
        settings.projects,
        store.inbox,
        clock,
        on_new=lambda: background.wake(_INBOX),
        on_duplicate=lambda _, receipt: background.soon(lambda: handlers.pass_on(receipt)),
    )
    event_worker = EventWorker(inbox=store.inbox, matcher=matcher, api=api, token_ids=store.token_ids)
    works = _works(event_worker, _deliveries(settings, store, handlers), token_pools, store)
    jobs = _jobs(settings, inbox, Reconciler(store, api, CallPace(), clock), token_pools, store)
    links = _links(settings, store, states, token_pools, clock)
    background = Background(works, jobs, leases=store.leases, clock=clock, is_on=settings.background_jobs)
    return Services(
        settings=settings,
        browser_cookie=BrowserCookie(prefix=settings.cookie_prefix, path=settings.cookie_path),
        links=links,
        hand_overs=HandOvers(links, signed_values),
        returns=Returns(settings.projects, states, settings.state_field, store, clock),
        result_codes=ResultCodes(signed_values, store, clock),
        signed_values=signed_values,
        waits=Waits(signed_values, store, clock),
        inbox=inbox,
        event_worker=event_worker,
        confirmer=Confirmer(store, api, clock, on_recorded=background.wake),
        vendor_api=api,
        background=background,
        readiness=Readiness(store, background, drain_s=settings.drain_seconds),
        token_pools=token_pools,
        limits=_limits(settings, store, clock),
        sessions=Sessions(settings, store, clock),
    )


def _store(settings: Settings) -> Store:
    return open_store(
        settings.store,
        Sealer(settings.secret_keys),
        retention_days=settings.retention_days,
        inbox_days=settings.inbox_days,
        sinks=_sinks(settings),
    )


def _sinks(settings: Settings) -> tuple[Sink, ...]:
    return (Sink.HANDLERS,) if settings.outgoing_url is None else (Sink.HANDLERS, Sink.URL)


def _limits(settings: Settings, store: Store, clock: Callable[[], float]) -> RequestLimits:
    digest = StrictSigner(settings.secret_keys, Purpose.THROTTLE).get_signature
    throttle = Throttle(settings.limits, store.throttle, digest, clock)
    return RequestLimits(throttle, proxies=settings.proxies)


def _links(
    settings: Settings, store: Store, states: VisitStates, pools: TokenPools, clock: Callable[[], float]
) -> LinkService:
    return LinkService(
        store=store,
        tokens=LinkTokens(settings.secret_keys),
        form_urls=_form_urls(settings, states),
        next_urls=NextUrls(settings.return_hosts, settings.return_schemes),
        clock=clock,
        pools=pools,
        sealed=StatelessStore(Sealer(settings.secret_keys)),
    )


def _form_urls(settings: Settings, states: VisitStates) -> FormUrls:
    of_site = (settings.projects, states, settings.state_field)
    if settings.local_url == settings.base_url:
        return FormUrls(*of_site)
    return MovedFormUrls(*of_site, here=settings.local_url, there=settings.base_url)


def _purge(store: Store, now: float) -> None:
    purge(store.upkeep, now=now)


def _works(
    event_worker: EventWorker, deliveries: list[Work], token_pools: TokenPools, store: Store
) -> list[Work]:
    """Return what is done whenever there is some; nothing without a store. Events make messages."""
    if not store.keeps_links:
        return []
    inbox = Work(_INBOX, event_worker.work_one, makes=tuple(one.name for one in deliveries))
    return [*deliveries, inbox, *(Work(pool.name, pool.fill) for pool in token_pools)]


def _jobs(
    settings: Settings, inbox: Inbox, reconciler: Reconciler, token_pools: TokenPools, store: Store
) -> list[Job]:
    """Return what is done at intervals, without what the settings leave off; nothing without a store."""
    if not store.keeps_links:
        return []
    jobs = [
        Job("refused webhooks", _COUNT_EVERY_S, lambda _: inbox.flush(), exclusive=False),
        Job("retention", _PURGE_EVERY_S, lambda now: _purge(store, now)),
    ]
    if settings.reconcile_minutes:
        every_s = 60.0 * settings.reconcile_minutes
        jobs.append(Job("reconcile", every_s, ReconcileJob(reconciler, every_s=every_s).background_pass))
    if settings.token_pools:
        jobs.append(Job("unused token ids", _SWEEP_EVERY_S, token_pools.sweep))
    return jobs


def _deliveries(settings: Settings, store: Store, handlers: Handlers) -> list[Work]:
    """Return the delivery of messages, one work for each sink, so that a slow URL holds up no handler."""
    works = [Work(Sink.HANDLERS.value, Messenger(store.outbox, Sink.HANDLERS, handlers).deliver_one)]
    if settings.outgoing_url is not None:
        outgoing = Outgoing(settings.outgoing_url, settings.outgoing_secrets, store)
        works.append(Work(Sink.URL.value, Messenger(store.outbox, Sink.URL, outgoing).deliver_one))
    return works
