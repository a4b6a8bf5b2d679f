"""What metrics say of the state that all processes share: the store, and what waits in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from webhelper.errors import StoreError
from webhelper.links.stores.inbox import EventFilter, EventState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prometheus_client.core import Metric

    from webhelper.links.stores.base import Store

_MOST: Final = 1000


class StateMetrics(Collector):
    """Reads the store when the metrics are read.

    Args:
        store: of the site.
        pools: the names of projects with a pool of token ids.
    """

    def __init__(self, store: Store, pools: tuple[str, ...]) -> None:
        self._store = store
        self._pools = pools

    def describe(self) -> list[Metric]:
        """Return nothing: the names are known here, and registering reads no store."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics; those of a store that cannot be read are left out."""
        is_ready = self._store.is_ready()
        yield _gauge("liveform_store_ready", "Whether the store can be read and written: 1 or 0.", is_ready)
        if not is_ready or not self._store.keeps_links:
            return
        try:
            yield from self._kept()
        except StoreError:
            return

    def _kept(self) -> Iterator[Metric]:
        waiting = self._store.outbox.waiting()
        yield _gauge(
            "liveform_messages_waiting", "Messages that are neither delivered nor given up.", waiting
        )
        webhooks = GaugeMetricFamily(
            "liveform_webhooks",
            f"Webhooks that wait or have failed; {_MOST} are that many or more.",
            labels=["state"],
        )
        for state in (EventState.WAITING, EventState.FAILED):
            page = self._store.inbox.page(EventFilter(state=state), limit=_MOST)
            webhooks.add_metric([state.value], len(page))
        yield webhooks
        ready = GaugeMetricFamily(
            "liveform_token_ids_ready", "Token ids that a link in private mode can draw.", labels=["project"]
        )
        for project in self._pools:
            ready.add_metric([project], self._store.token_ids.count(project).ready)
        yield ready


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value=float(value))
