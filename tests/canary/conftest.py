"""The canary run, once for each engine; the tests look at what it left behind."""

from __future__ import annotations

import contextlib
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from werkzeug.test import Client

from tests.canary.engines import Engine, Postgresql, Sqlite
from tests.canary.replays import Replays
from tests.canary.site import Site, watched_site
from tests.canary.story import Story

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from canaries import Canaries

    from tests.canary.recorder import Exchange


@dataclass(repr=False)
class Run:
    """What a run left behind.

    Attributes:
        engine: ``sqlite`` or ``postgresql``.
        site: is closed.
        exchanges: requests and answers, by what was done: ``good``, ``refused``, and kinds of errors.
        raised: the errors of refused requests.
        printed: what went to stdout and stderr.
        metrics: the page of metrics at the end.
        kept: what the engine has written, by where it is.
    """

    engine: str
    site: Site
    exchanges: dict[str, list[Exchange]] = field(default_factory=dict)
    raised: list[BaseException] = field(default_factory=list)
    printed: str = ""
    metrics: str = ""
    kept: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def canaries(self) -> Canaries:
        """What was planted, and what the site made."""
        return self.site.canaries


@pytest.fixture(scope="package", params=["sqlite", "postgresql"])
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """Run through every route of a site on each engine: well, badly, and with errors of all kinds."""
    is_file = request.param == "sqlite"
    engine = Sqlite(tmp_path_factory.mktemp("canary")) if is_file else Postgresql()
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            with watched_site(engine.url) as site:
                done = Run(request.param, site)
                _tell(done, engine)
            done.kept = engine.contents()
        done.printed = printed.getvalue()
        yield done
    finally:
        engine.close()


def _tell(done: Run, engine: Engine) -> None:
    story, site = Story(done.site), done.site
    story.tell()
    done.exchanges["good"] = list(site.recorder.exchanges)
    replays = Replays(story)
    done.exchanges["refused"] = replays.ask_badly()
    done.raised = list(site.raised)
    done.exchanges["view"] = replays.ask_failing_views()
    done.exchanges["driver"] = replays.ask_failing_store()
    with engine.without_tables():
        done.exchanges["tables"] = replays.ask_again()
        site.services.background.run_pending(site.clock() + 9_000.0)
    with engine.away(site.services.links.store):
        done.exchanges["away"] = replays.ask_again()
        site.services.background.run_pending(site.clock() + 10_000.0)
    token = {"Authorization": f"Bearer {site.canaries['metrics token']}"}
    done.metrics = Client(site.app).get("/metrics", headers=token).text
