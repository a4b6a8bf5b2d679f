"""A bare app with the simulator alone, a clock to turn, and projects of each kind."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import Babel

from liveform import Project
from webhelper.simulator import create_blueprint

KEY = "KuwVASemfm5tZh2rLKHDftdRYuKGMNFweGdZYMHe"
BASE = "http://localhost/simulator"
RETURNS = ("http://localhost/return/done", "https://app.example.com/back?a=b")


@dataclass
class Clock:
    """A clock that stands still until it is turned."""

    now: datetime = datetime(2026, 5, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Return the time now."""
        return self.now

    def turn(self, **by: float) -> None:
        """Let time pass."""
        self.now += timedelta(**by)


@pytest.fixture(scope="session")
def projects() -> dict[str, Project]:
    """Without a key, with one, and in Encryption-only mode."""
    return {
        "plain": Project("plain00001", base_url=BASE),
        "secret": Project("secret0001", key=KEY, cipher="gcm", base_url=BASE),
        "only": Project("only000001", key=KEY, cipher="ecb", encryption_only=True, base_url=BASE),
    }


@pytest.fixture(scope="session")
def query(projects: dict[str, Project]) -> Callable[..., str]:
    """Return a writer of queries: what stands inside ``encrypted``, and what stands plain."""

    def write(project: str, secret: dict[str, object] | None = None, **plain: str) -> str:
        pairs = {"pid": projects[project].pid, **plain}
        if secret is not None:
            pairs["encrypted"] = projects[project].encrypt(secret)
        return urlencode(pairs)

    return write


@pytest.fixture
def clock() -> Clock:
    """Noon of 1 May 2026."""
    return Clock()


@pytest.fixture
def app(projects: dict[str, Project], clock: Clock) -> Flask:
    """The simulator in an app of its own; one project has no Return URL."""
    app = Flask("bare")
    app.config["TESTING"] = True  # an error in a view fails the test
    Babel(app)
    app.register_blueprint(
        create_blueprint(projects, {"plain": RETURNS[:1], "secret": RETURNS}, clock=clock),
        url_prefix="/simulator",
    )
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser."""
    return app.test_client()
