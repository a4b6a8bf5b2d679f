"""These tests look for canaries everywhere that a site writes to, and in every answer."""

from __future__ import annotations

import traceback
from collections import defaultdict
from typing import TYPE_CHECKING, Final

import pytest

from liveform import LiveformError
from tests.canary.answers import ANSWERS, leaks_in, shown_in

if TYPE_CHECKING:
    from tests.canary.conftest import Run

# What a database keeps in clear on purpose; SECURITY.md says why.
IN_CLEAR: Final = {"label", "kiosk", "idempotency key"}
# What addresses and searches may have: ids that there are not, and texts that are compared with labels.
ASKED_FOR: Final = {"search", "userid", "email", "name", "path"}
METHODS: Final = ("GET", "POST", "DELETE")


def test_every_route_is_in_the_table(run: Run) -> None:
    """Every route has a row that says what its answers may show, and no row is of another route."""
    assert {rule.endpoint for rule in run.site.app.url_map.iter_rules()} == ANSWERS.keys()


def test_every_route_was_asked(run: Run) -> None:
    """Every route and method was answered well, was refused, and failed."""
    rules = {
        (rule.rule, method)
        for rule in run.site.app.url_map.iter_rules()
        for method in METHODS
        if method in (rule.methods or ())
    }
    assert {(one.rule, one.method) for one in run.exchanges["good"] if one.status < 400} >= rules
    refused = {one.endpoint for one in run.exchanges["refused"] if 400 <= one.status < 500}
    assert refused >= ANSWERS.keys()
    failed = {(one.rule, one.method) for one in run.exchanges["view"] if one.status == 500}
    assert failed == rules


@pytest.mark.parametrize("kind", ["driver", "tables", "away"])
def test_store_that_fails_is_met(run: Run, kind: str) -> None:
    """With a store that fails, most routes answer 503, and none 500 but those whose row is gone."""
    statuses = [one.status for one in run.exchanges[kind]]
    assert statuses.count(503) > len(statuses) / 2
    assert statuses.count(500) == 0


@pytest.mark.parametrize("kind", ["good", "refused", "view", "driver", "tables", "away"])
def test_answer_shows_what_its_row_allows(run: Run, kind: str) -> None:
    """No part of an answer has a canary that is not in the row of its route, for whoever asked."""
    leaked: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for one in run.exchanges[kind]:
        leaked[f"{one.method} {one.rule} {one.status}"] |= leaks_in(one, run.canaries)
    assert {route: leaks for route, leaks in leaked.items() if leaks} == {}


def test_row_of_the_table_is_needed(run: Run) -> None:
    """Everything that a row allows is shown by its route somewhere: no row allows more than it needs."""
    shown: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for one in (*run.exchanges["good"], *run.exchanges["refused"]):
        shown[one.endpoint] |= shown_in(one, run.canaries)
    allowed = {
        endpoint: {(row.part, name) for row in rows for name in row.names}
        for endpoint, rows in ANSWERS.items()
    }
    unused = {endpoint: rows - shown[endpoint] for endpoint, rows in allowed.items()}
    assert {endpoint: rows for endpoint, rows in unused.items() if rows} == {}


def test_nothing_is_logged_or_traced(run: Run) -> None:
    """No log record, line, span or stream has a canary, at any level of any logger."""
    assert run.canaries.found_in(run.site.everything_written(), run.printed) == set()
    assert len(run.site.lines) > len(run.exchanges["good"])
    assert len(run.site.spans.get_finished_spans()) >= sum(map(len, run.exchanges.values()))


def test_nothing_is_in_the_metrics(run: Run) -> None:
    """No metric or label has a canary."""
    assert "liveform_requests_total" in run.metrics
    assert run.canaries.found_in(run.metrics) == set()


def test_errors_of_requests_say_nothing(run: Run) -> None:
    """The text, the causes and the traceback of an error name members, and quote no value."""
    texts = [
        "".join(traceback.format_exception(error)) for error in run.raised if isinstance(error, LiveformError)
    ]
    assert len(texts) > len(ANSWERS)
    assert run.canaries.found_in(*texts) <= {"path"}  # the name of a member that nobody knows


def test_database_keeps_in_clear_what_it_may(run: Run) -> None:
    """No byte of the database's files, and no row, has a canary in clear but those that are kept so."""
    found = {place: run.canaries.found_in(kept) for place, kept in run.kept.items() if place != "log"}
    assert {place: names - IN_CLEAR for place, names in found.items() if names - IN_CLEAR} == {}
    assert set.union(*found.values()) == IN_CLEAR


def test_log_of_the_database_server_says_no_more(run: Run) -> None:
    """A server that logs statements with their values logs what is kept in clear, and what is asked for."""
    if run.engine == "postgresql":
        log = run.kept["log"]
        assert log.count(b"STATEMENT: ") > 10
        assert run.canaries.found_in(log) <= IN_CLEAR | ASKED_FOR


def test_messages_reach_handlers_and_the_sink(run: Run) -> None:
    """The run delivered messages to both, and what the sink got is signed and not the secret."""
    assert run.site.told
    assert run.site.sink.deliveries
    sent = [f"{one.headers}{one.body.decode()}" for one in run.site.sink.deliveries]
    assert run.canaries.found_in(*sent) <= {"label", "userid", "kiosk"}
