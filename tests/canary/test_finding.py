"""These tests plant canaries in every kind of place and see them found: finding none means something."""

from __future__ import annotations

import base64
import json
import logging
import sys
import traceback
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, quote_plus

import psycopg
import pytest
from canaries import Canaries
from flask import Response
from markupsafe import escape
from opentelemetry import trace
from opentelemetry.trace import Status, StatusCode

from liveform import FieldError
from tests.canary.answers import BODY, COOKIE, HEADERS, LOCATION, leaks_in
from tests.canary.engines import Postgresql, Sqlite
from tests.canary.site import Site, watched_site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

VALUE: Final = "Jane+Doe's/canary <42>@example.com"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Return a site that nobody has used."""
    with watched_site(f"sqlite:///{(tmp_path / 'links.db').as_posix()}") as one:
        yield one


@pytest.mark.parametrize(
    "form",
    [
        str,
        str.upper,
        quote,
        lambda text: quote(text, safe=""),
        lambda text: quote(quote(text, safe=""), safe=""),
        quote_plus,
        lambda text: str(escape(text)),
        repr,
        json.dumps,
        lambda text: text.encode().hex(),
        lambda text: text.encode().hex().upper(),
        lambda text: sha256(text.encode()).hexdigest(),
        lambda text: base64.b64encode(sha256(text.encode()).digest()).decode(),
        *(lambda text, n=n: base64.b64encode(b"#" * n + text.encode()).decode() for n in range(4)),
        *(
            lambda text, n=n: base64.urlsafe_b64encode(b"?" * n + text.encode() + b"!").decode()
            for n in range(4)
        ),
        *(lambda text, n=n: base64.b32encode(b"#" * n + text.encode() + b"!").decode() for n in range(6)),
    ],
)
def test_value_is_found_in_every_form(form: Callable[[str], str]) -> None:
    """A value is found however it is written, and wherever it begins in what was encoded."""
    planted = Canaries()
    planted.add("email", VALUE, guessable=True)
    assert planted.found_in(f"before{form(VALUE)}behind") == {"email"}
    assert planted.found_in(f"before{form('somebody else')}behind") == set()


def test_digest_is_found_as_bytes() -> None:
    """A bare digest of what can be guessed is found in a file; one of a random secret gives nothing away."""
    planted = Canaries()
    planted.add("email", VALUE, guessable=True)
    planted.add("token", "a random token 17")
    assert planted.found_in(b"\0" + sha256(VALUE.encode()).digest() + b"\0") == {"email"}
    assert planted.found_in(sha256(b"a random token 17").digest()) == set()


def test_short_value_is_no_canary() -> None:
    """A value of seven characters is refused, because it would be found by chance."""
    with pytest.raises(ValueError, match="name"):
        Canaries().add("name", "1234567")


@pytest.mark.parametrize("name", ["webhelper", "webhelper.access", "httpx2", "psycopg.pool", "somebody.else"])
def test_line_of_any_logger_is_searched(site: Site, name: str) -> None:
    """A canary is found in the text, in an argument, in an attribute and in a traceback of a record."""
    its, log = site.canaries, logging.getLogger(name)
    assert its.found_in(site.everything_written()) == set()
    log.debug("%s", its["email"])
    log.debug("of %r", {"of": its["cf1"]})
    log.debug("nothing", extra={"more": its["userid"]})
    log.debug("failed", exc_info=KeyError(its["api key"]))
    assert its.found_in(site.everything_written()) == {"email", "cf1", "userid", "api key"}


def test_span_is_searched(site: Site) -> None:
    """A canary is found in the name, an attribute, an event and the status of a span."""
    its = site.canaries
    with trace.get_tracer("somebody").start_as_current_span(f"GET {its['path']}") as span:
        span.set_attribute("http.target", f"/?email={quote(its['email'])}")
        span.add_event("sent", {"of": its["userid"]})
        span.set_status(Status(StatusCode.ERROR, its["form key"]))
    assert its.found_in(site.everything_written()) == {"path", "email", "userid", "form key"}


def test_streams_are_searched(site: Site) -> None:
    """A canary is found in what the app writes to ``wsgi.errors``."""

    def complain(environ: Any, start_response: Any) -> list[bytes]:
        environ["wsgi.errors"].write(site.canaries["email"])
        start_response("200 OK", [])
        return []

    site.recorder._answering = complain
    site.app.test_client().get("/")
    assert site.canaries.found_in(site.everything_written()) == {"email"}


def test_metrics_are_searched(site: Site) -> None:
    """A canary in a label is found on the page of metrics; and the route is in log and trace."""
    its = site.canaries
    site.app.add_url_rule(f"/of/{its['path']}", "of", lambda: "")
    client = site.app.test_client()
    client.get(f"/of/{its['path']}")
    page = client.get("/metrics", headers={"Authorization": f"Bearer {its['metrics token']}"}).text
    assert its.found_in(page) == {"path"}
    assert its.found_in(site.everything_written()) == {"path"}


def test_every_part_of_an_answer_is_searched(site: Site) -> None:
    """A canary is found in a body, a header, a cookie and a Location, of whatever status."""
    its = site.canaries

    def leak() -> Response:
        answer = Response(its["email"], 410, {"X-Of": its["userid"], "Location": f"/{quote(its['cf1'])}"})
        answer.set_cookie("of", base64.b64encode(its["api key"].encode()).decode())
        return answer

    site.app.view_functions["health.healthz"] = leak
    site.app.test_client().get("/healthz")
    assert leaks_in(site.recorder.exchanges[-1], its) == {
        (BODY, "email"),
        (HEADERS, "userid"),
        (LOCATION, "cf1"),
        (COOKIE, "api key"),
    }


def test_answer_for_somebody_else_is_a_leak(site: Site) -> None:
    """What a row allows for holders of an API token is a leak for anybody else, and in a refusal."""
    its = site.canaries
    site.app.view_functions["api_links.list_links"] = lambda: (its["label"], 200)
    client = site.app.test_client()
    client.get("/api/links", headers={"Authorization": f"Bearer {its['office token']}"})
    assert leaks_in(site.recorder.exchanges[-1], its) == set()
    client.get("/api/links", headers={"Authorization": f"Bearer {its['wrong token']}"})
    assert leaks_in(site.recorder.exchanges[-1], its) == {(BODY, "label")}
    site.app.view_functions["api_links.list_links"] = lambda: (its["label"], 404)
    client.get("/api/links", headers={"Authorization": f"Bearer {its['office token']}"})
    assert leaks_in(site.recorder.exchanges[-1], its) == {(BODY, "label")}


def test_route_that_is_new_is_a_leak(site: Site) -> None:
    """A route without a row may show nothing."""
    site.app.add_url_rule("/new", "new", lambda: site.canaries["label"])
    site.app.test_client().get("/new")
    assert leaks_in(site.recorder.exchanges[-1], site.canaries) == {(BODY, "label")}


def test_traceback_is_searched(site: Site) -> None:
    """A canary is found in the text of an error and of its cause."""
    error = FieldError("userid", f"must not be {site.canaries['userid']}")
    error.__cause__ = ValueError(site.canaries["email"])
    text = "".join(traceback.format_exception(error))
    assert site.canaries.found_in(text) == {"email", "userid"}


def test_file_is_searched(tmp_path: Path, site: Site) -> None:
    """A canary is found in the file of SQLite and in the files beside it, in each form."""
    its, engine = site.canaries, Sqlite(tmp_path)
    number = its["phone"].encode().hex()
    engine.execute(f"INSERT INTO kiosk_numbers VALUES ('{its['name']}', 1)")
    engine.execute(f"INSERT INTO used_codes VALUES ('{number}', 1.0)")
    found = {name: its.found_in(kept) for name, kept in engine.contents().items()}
    assert set.union(*found.values()) == {"name", "phone"}


def test_database_is_searched(site: Site) -> None:
    """A canary is found in a row, a file and the log of changes of PostgreSQL, and in a failing statement."""
    its, engine = site.canaries, Postgresql()
    try:
        engine.execute("CREATE TABLE planted (text text, bytes bytea)")
        with psycopg.connect(engine.url) as connection:
            values = (its["email"], its["userid"].encode())
            connection.execute("INSERT INTO planted VALUES (%s, %s)", values)
        with psycopg.connect(engine.url) as connection, pytest.raises(psycopg.Error):
            connection.execute("SELECT %s::text::int", (its["api key"],))
        kept = engine.contents()
    finally:
        engine.close()
    assert its.found_in(kept["table planted"]) == {"email", "userid"}
    assert its.found_in(kept["files"]) == {"email", "userid"}
    assert its.found_in(kept["log"]) == {"email", "userid", "api key"}


def test_what_is_printed_is_searched(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """A canary on stderr is found."""
    sys.stderr.write(f"{site.canaries['email']}\n")
    assert site.canaries.found_in(*capsys.readouterr()) == {"email"}
