"""A site of the web helper for tests: settings, projects, and a link service with a clock to turn."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from liveform import Pipeline, Project
from webhelper.links.form_url import FormUrls
from webhelper.links.link_request import LinkRequest
from webhelper.links.models import Link, Visit
from webhelper.links.next_urls import NextUrls
from webhelper.links.private_mode import NoPools, TokenIdPools
from webhelper.links.service import LinkService
from webhelper.links.signing.link_tokens import LinkTokens
from webhelper.links.signing.sealing import Sealer
from webhelper.links.signing.visit_state import VisitStates
from webhelper.links.stores.base import Store
from webhelper.links.stores.outbox import Sink
from webhelper.links.stores.sqlite.store import SqliteStore
from webhelper.links.stores.stateless import StatelessStore
from webhelper.links.visit_ids import new_visit_id

BASE_URL = "https://shop.example.com"
KEY = "xW3k_vn8Qb1sLq7TzR0fYc5mJd2hGa9Ue4iPoN6t"  # a SECRET_KEY
OTHER_KEY = "9eUa4Gh2dJm5cYf0RzT7qLs1bQ8nv_k3WxPiOn6T"  # an older one, or somebody else's
TOKEN = "tok-Zm9yIHRlc3RzIG9ubHksIGFuZCBzdHJvbmcu"  # the API token of HOLDER
HOLDER = "tests"
VENDOR_KEY = "KuwVASemfm5tZh2rLKHDftdRYuKGMNFweGdZYMHe"  # the dashboard's key of every project with a cipher
RETURN_HOST = "app.example.com"  # where a link's next may lead
NOW = 1_800_000_000.0  # where a Clock starts

StoreName = Literal["sqlite", "sealed"]


class Clock:
    """A clock that moves only when a test turns it. Call it for the Unix time."""

    def __init__(self, now: float = NOW) -> None:
        self.now = now

    def __call__(self) -> float:
        """Return the Unix time of this clock."""
        return self.now

    def advance(self, seconds: float) -> None:
        """Move the clock forward, or back with a negative number."""
        self.now += seconds


def projects(form: str = "https://form.argosidentity.com") -> dict[str, Project]:
    """Return one project of each kind: ``plain``, ``shop`` (ECB) and ``signup`` (GCM, Encryption-only)."""
    return {
        "plain": Project("plainpid01", base_url=form),
        "shop": Project("shoppid001", key=VENDOR_KEY, cipher="ecb", base_url=form),
        "signup": Project("signuppid1", key=VENDOR_KEY, cipher="gcm", encryption_only=True, base_url=form),
    }


def settings(tmp_path: Path, **changes: object) -> dict[str, object]:
    """Return a mapping that ``create_app`` accepts, with its store in ``tmp_path`` and with ``changes``.

    For the simulator: ``settings(tmp_path, BASE_URL="http://127.0.0.1:5000", SIMULATOR=True,
    PROJECTS=projects("http://127.0.0.1:5000/simulator"))``.
    """
    return {
        "BASE_URL": BASE_URL,
        "SECRET_KEYS": [KEY],
        "API_TOKENS": {HOLDER: TOKEN},
        "PROJECTS": projects(),
        "STORE": f"sqlite:///{(tmp_path / 'links.db').as_posix()}",
        "RETURN_HOSTS": [RETURN_HOST],
        "BACKGROUND_JOBS": False,  # tests do by hand what waits: services.background.run_pending(now)
        **changes,
    }


def link_request(**changes: Any) -> LinkRequest:
    """Return a request for a link of one use of the ID-document form of ``shop``; ``changes`` come on top."""
    return LinkRequest(**{"pipeline": Pipeline.ID_DOCUMENT, "project": "shop"} | changes)


def open_store(
    place: Path | str,
    store: StoreName = "sqlite",
    *,
    keys: Sequence[str] = (KEY,),
    retention_days: int = 90,
    sinks: Sequence[Sink] = (),
) -> Store:
    """Return a store; two in one place share what they keep. Close it when done.

    Args:
        place: a directory, or the URL of a PostgreSQL database.
        store: ``"sealed"`` needs no place.
        keys: the secret keys, the newest first.
        retention_days: how long links are kept after they have expired.
        sinks: where messages go.
    """
    if store == "sealed":
        return StatelessStore(Sealer(keys))
    if isinstance(place, Path):
        return SqliteStore(place / "links.db", Sealer(keys), retention_days=retention_days, sinks=sinks)
    from webhelper.links.stores.postgresql.address import read_address
    from webhelper.links.stores.postgresql.store import PostgresqlStore

    return PostgresqlStore(read_address(place), Sealer(keys), retention_days=retention_days, sinks=sinks)


def link_service(
    tmp_path: Path | str,
    clock: Clock,
    store: StoreName | Store = "sqlite",
    *,
    keys: Sequence[str] = (KEY,),
    state_field: str = "cf3",
    of_projects: Mapping[str, Project] | None = None,
    pools: TokenIdPools | None = None,
) -> LinkService:
    """Return a link service over a store, named by its kind or open already; its ``store`` is that one."""
    form_urls = FormUrls(
        projects() if of_projects is None else of_projects, VisitStates(keys, clock), state_field
    )
    return LinkService(
        store=open_store(tmp_path, store, keys=keys) if isinstance(store, str) else store,
        tokens=LinkTokens(keys),
        form_urls=form_urls,
        next_urls=NextUrls([RETURN_HOST, "localhost:3000"], ["myapp"]),
        clock=clock,
        pools=NoPools() if pools is None else pools,
        sealed=StatelessStore(Sealer(keys)),
    )


def new_visit(link: Link, *, at: float = NOW, userid: str | None = None) -> Visit:
    """Return a visit of a link, as the link service makes one."""
    return Visit(id=new_visit_id(link.id, at), link_id=link.id, at=at, userid=userid)
