"""These tests check which requests and events meet a fault."""

import json
import re
from typing import Any, get_args

import pytest

from liveform import ConfigError
from webhelper.simulator.sandbox.faults import KINDS, Fault, Kind
from webhelper.simulator.sandbox.sandbox import Sandbox

VALUES: dict[str, Any] = {"where": "rest", "kind": "status"}


def test_no_fault_is_met_when_none_is_set(sandbox: Sandbox) -> None:
    """Without faults, nothing goes wrong."""
    assert sandbox.faults.take("rest", "/submission", "GET") is None


def test_fault_is_met_as_often_as_it_says(sandbox: Sandbox) -> None:
    """A fault of two times is met twice and is gone then."""
    fault = Fault(where="rest", kind="status", times=2)
    sandbox.faults.add(fault)
    met = [sandbox.faults.take("rest", "/submission", "GET") for _ in range(3)]
    assert met == [fault, fault, None]
    assert sandbox.faults.all() == {}


def test_fault_without_an_end_stays(sandbox: Sandbox) -> None:
    """A fault without a number of times is met until it is removed."""
    number = sandbox.faults.add(Fault(where="webhook", kind="drop", times=None))
    assert all(sandbox.faults.take("webhook", "approved") for _ in range(5))
    sandbox.faults.remove(number)
    assert sandbox.faults.take("webhook", "approved") is None


def test_fault_is_met_by_what_it_is_meant_for(sandbox: Sandbox) -> None:
    """Place, path and method all have to fit."""
    fault = Fault(where="rest", kind="reset", path="/submission/*", method="P*")
    sandbox.faults.add(fault)
    assert sandbox.faults.take("webhook", "/submission/tokens", "POST") is None
    assert sandbox.faults.take("rest", "/submission", "POST") is None
    assert sandbox.faults.take("rest", "/submission/tokens", "GET") is None
    assert sandbox.faults.take("rest", "/submission/tokens", "POST") == fault


def test_share_of_requests_meets_a_fault(sandbox: Sandbox) -> None:
    """About the share meets it, the same ones each time."""
    fault = Fault(where="rest", kind="status", share=0.05, times=None)
    sandbox.faults.add(fault)
    met = [sandbox.faults.take("rest", "/submission/tokens") is not None for _ in range(1000)]
    assert 20 < sum(met) < 90
    assert met == [fault.chooses(number) for number in range(1000)]


def test_first_fault_that_fits_is_met(sandbox: Sandbox) -> None:
    """Of several faults, the oldest is met first; all can be removed at once."""
    first = Fault(where="rest", kind="slow")
    second = Fault(where="rest", kind="reset")
    sandbox.faults.add(first)
    sandbox.faults.add(second)
    assert list(sandbox.faults.all().values()) == [first, second]
    assert sandbox.faults.take("rest", "/image") == first
    sandbox.faults.clear()
    assert sandbox.faults.take("rest", "/image") is None


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"kind": "x"}, "kind: must be one of status, timeout"),
        ({"kind": "stauts"}, "did you mean status?"),
        ({"kind": None}, "kind: must be one of"),
        ({"where": "x"}, "where: must be one of rest, webhook"),
        ({"where": []}, "where: must be one of rest, webhook"),
        *(
            ({"status": status}, "status: must be a whole number from 200 to 599")
            for status in ("a", 9999, 199, 600)
        ),
        *(({"times": times}, "times: must be a whole number from 1") for times in (-1, 0, "x", 10**30)),
        *(
            ({"share": share}, "share: must be a number from 0 to 1")
            for share in (5, -0.1, "x", float("nan"))
        ),
        *(({"seconds": seconds}, "seconds: must be a number from 0") for seconds in (-1, "x", 10**12)),
        *(({"retry_after": text}, "retry_after: must be printable ASCII") for text in (7, "a\r\nb: c")),
        *(({"path": path}, "path: must be") for path in (None, "submission", "")),
        *(({"method": method}, "method: must be one of GET, POST") for method in ("get", "", None)),
        ({"location": "elsewhere"}, "location: must be an http or https URL"),
        ({"after": "no"}, "after: must be true or false"),
        ({"seed": -1}, "seed: must be a whole number"),
    ],
)
def test_fault_that_nothing_could_meet_is_refused(given: dict[str, Any], problem: str) -> None:
    """A value with which a test would check nothing is refused, and the error says what is allowed."""
    with pytest.raises(ConfigError, match=re.escape(problem)):
        Fault(**VALUES | given)


@pytest.mark.parametrize("where", ["rest", "webhook"])
@pytest.mark.parametrize("kind", get_args(Kind))
def test_kind_is_one_of_the_place(where: Any, kind: Any) -> None:
    """Requests and events each have kinds of their own, which the other place refuses by name."""
    other = "webhook" if where == "rest" else "rest"
    if kind in KINDS[where]:
        assert Fault(where=where, kind=kind).kind == kind
    else:
        with pytest.raises(
            ConfigError, match=f"kind: {kind} is for where={other}; for where={where}: status"
        ):
            Fault(where=where, kind=kind)


@pytest.mark.parametrize("path", ["approved", "*", "token_*"])
def test_path_of_an_event_is_its_trigger(path: str) -> None:
    """Of events, the path is a pattern of the trigger; of requests, it begins with a slash or a wildcard."""
    assert Fault(where="webhook", kind="drop", path=path).path == path
    with pytest.raises(ConfigError, match=r"path: must be one of created, .*; did you mean approved\?"):
        Fault(where="webhook", kind="drop", path="aproved")
    for pattern in ("/image", "*/tokens", "?submission", "[/]image"):
        assert Fault(where="rest", kind="reset", path=pattern).path == pattern


@pytest.mark.parametrize("method", ["POST", "P*", "*"])
def test_method_is_one_that_the_place_has(method: str) -> None:
    """Requests have the methods of the API, and events are sent by POST."""
    assert Fault(where="webhook", kind="drop", method=method).method == method
    assert Fault(where="rest", kind="reset", method="DELETE").method == "DELETE"
    with pytest.raises(ConfigError, match="method: must be one of POST"):
        Fault(where="webhook", kind="drop", method="GET")


@pytest.mark.parametrize(
    "kept",
    [
        {"where": "rest", "kind": "x"},
        {"where": "rest", "kind": "status", "times": -1},
        {"where": "rest", "kind": "drop"},
        {"where": "rest", "kind": "status", "colour": 1},
        {"kind": "status"},
    ],
)
def test_fault_that_an_earlier_release_kept_is_passed_over(sandbox: Sandbox, kept: dict[str, object]) -> None:
    """A fault of the file that nothing could meet changes nothing, and those behind it are met."""
    with sandbox.database.writing() as sql:
        sql.execute("INSERT INTO faults (fault) VALUES (?)", (json.dumps(kept),))
    assert sandbox.faults.take("rest", "/submission", "GET") is None
    fault = Fault(where="rest", kind="reset")
    number = sandbox.faults.add(fault)
    assert sandbox.faults.all() == {number: fault}
    assert sandbox.faults.take("rest", "/submission", "GET") == fault
