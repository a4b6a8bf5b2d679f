"""These fixtures give the simulator a bare app, a clock that a test turns, and projects of each kind."""

from collections.abc import Callable, Iterator
from urllib.parse import urlencode

import httpx2
import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import Babel
from sandboxes import StillClock, close_sandboxes

from liveform import Project
from webhelper.simulator import Simulator, create_simulator
from webhelper.simulator.dashboards import Site, dashboards_of
from webhelper.simulator.sandbox.database import MEMORY
from webhelper.simulator.sandbox.sandbox import Sandbox
from webhelper.simulator.webhooks.posting import Poster

KEY = "KuwVASemfm5tZh2rLKHDftdRYuKGMNFweGdZYMHe"
BASE = "http://localhost/simulator"
RETURNS = ("http://localhost/return/done", "https://app.example.com/back?a=b")


class Receiver:
    """A program that gets webhooks.

    Attributes:
        bodies: what it got.
        statuses: what it answers next; an exception is raised; 200 when the list is empty.
    """

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.requests: list[httpx2.Request] = []
        self.statuses: list[int | Exception] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        """Keep the request, and answer."""
        self.requests.append(request)
        self.bodies.append(request.read())
        answer = self.statuses.pop(0) if self.statuses else 200
        if isinstance(answer, Exception):
            raise answer
        return httpx2.Response(answer)


@pytest.fixture(scope="session")
def projects() -> dict[str, Project]:
    """Return a project without a key, one with a key, and one in Encryption-only mode."""
    return {
        "plain": Project("plain00001", base_url=BASE),
        "secret": Project("secret0001", key=KEY, cipher="gcm", base_url=BASE),
        "only": Project("only000001", key=KEY, cipher="ecb", encryption_only=True, base_url=BASE),
    }


@pytest.fixture(scope="session")
def query(projects: dict[str, Project]) -> Callable[..., str]:
    """Return a writer of queries, with members inside ``encrypted`` and with plain parameters."""

    def write(project: str, secret: dict[str, object] | None = None, **plain: str) -> str:
        pairs = {"pid": projects[project].pid, **plain}
        if secret is not None:
            pairs["encrypted"] = projects[project].encrypt(secret)
        return urlencode(pairs)

    return write


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    """Close the sandboxes that a test has made."""
    yield
    close_sandboxes()


@pytest.fixture
def still() -> StillClock:
    """Return the real time of the sandbox, which stands still at noon of 1 May 2026."""
    return StillClock()


@pytest.fixture
def sandbox(projects: dict[str, Project], still: StillClock) -> Iterator[Sandbox]:
    """Return a sandbox in memory, in which one project has no Return URL."""
    returns = {"plain": RETURNS[:1], "secret": RETURNS}
    sandbox = Sandbox(MEMORY, dashboards_of(projects, Site(return_urls=returns)), clock=still)
    yield sandbox
    sandbox.close()


@pytest.fixture
def receiver() -> Receiver:
    """Return a program that gets the webhooks, and answers as a test says."""
    return Receiver()


@pytest.fixture
def simulator(sandbox: Sandbox, receiver: Receiver) -> Simulator:
    """Return a simulator without a thread, whose webhooks go to the receiver."""
    return create_simulator(sandbox, poster=Poster(transport=httpx2.MockTransport(receiver)))


@pytest.fixture
def app(simulator: Simulator) -> Flask:
    """Return a bare app with the simulator."""
    app = Flask("bare")
    app.config["TESTING"] = True  # an error in a view fails the test
    Babel(app)
    app.register_blueprint(simulator.blueprint, url_prefix="/simulator")
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Return a browser that visits the simulator."""
    return app.test_client()
