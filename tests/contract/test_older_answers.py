"""Rows whose answers the vendor's pages show, or may show, in other forms than the simulator's."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest

from liveform.rest.operations.paging import PAGE_KEY_NAMES
from tests.contract.checks import hold, refused, rows
from tests.contract.clients import Caller, Waits, caller
from tests.contract.simulated import serving

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from wsgiref.types import StartResponse, WSGIEnvironment

FACE_AUTH = {"auth_id": "auth-1", "auth_status": "approved", "create_time": "2026-06-24T01:02:03.000Z"}


class FixedVendor:
    """A WSGI app that gives one answer after the other.

    Attributes:
        answers: status and JSON of those that are still to come.
        queries: what was asked for.
    """

    def __init__(self) -> None:
        self.answers: list[tuple[str, Any]] = []
        self.queries: list[dict[str, list[str]]] = []

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Give the next answer."""
        self.queries.append(parse_qs(environ["QUERY_STRING"]))
        status, value = self.answers.pop(0)
        start_response(status, [("Content-Type", "application/json")])
        return [json.dumps(value).encode()]


@pytest.fixture(scope="module")
def vendor() -> FixedVendor:
    """Return a vendor whose answers a test sets."""
    return FixedVendor()


@pytest.fixture(scope="module")
def url(vendor: FixedVendor) -> Iterator[str]:
    """Return its address."""
    with serving(vendor) as address:
        yield address


@pytest.fixture(params=["sync", "async"])
def call(request: pytest.FixtureRequest, vendor: FixedVendor, url: str) -> Iterator[Caller]:
    """Return a caller of each client on it."""
    vendor.answers.clear()
    vendor.queries.clear()
    with caller(
        is_async=request.param == "async",
        waits=Waits(),
        api_key="a-key-0123456789",
        face_auth_key="another-key-0123456789",
        base_url=url,
    ) as one:
        yield one


@pytest.mark.parametrize("name", PAGE_KEY_NAMES)
@rows("2.2", "2.3")
def test_other_spellings_of_the_page_key_are_followed(vendor: FixedVendor, call: Caller, name: str) -> None:
    """nextpageKey, nextPageKey and nextPage_key all lead to the next page."""
    key = {"id": "first", "created_at": "2026-06-24-01-02-03-UTC"}
    vendor.answers = [
        ("200 OK", {"Items": [{"submission_id": "first"}], name: key}),
        ("200 OK", {"Items": [{"submission_id": "second"}]}),
    ]
    found = call(lambda client: client.submissions.list())
    hold("2.3", [one.submission_id for one in found] == ["first", "second"], f"{name} is not followed")
    sent = {"nextpage_id": ["first"], "nextpage_date": ["2026-06-24-01-02-03-UTC"]}
    hold("2.2", vendor.queries[1] == sent, "another query")


@rows("8.4")
def test_older_list_of_authentications_is_bare(vendor: FixedVendor, call: Caller) -> None:
    """The rows of the older answer, which has no projects around them, are read too."""
    vendor.answers = [("200 OK", [FACE_AUTH, {**FACE_AUTH, "auth_id": "auth-2"}])] * 2
    found = call(lambda client: client.face_auth.list(start_date="2026-06-24", end_date="2026-06-24"))
    hold("8.4", [one.auth_id for one in found] == ["auth-1", "auth-2"], "other rows")
    one = call(lambda client: client.face_auth.get("auth-1"))
    hold("8.4", one.approved, "one alone is not read")


@rows("1.9c", "3.14")
def test_older_refusal_of_a_deletion_is_a_sentence(vendor: FixedVendor, call: Caller) -> None:
    """The older DELETE has its sentence in errorCode."""
    vendor.answers = [("400 Bad Request", {"errorCode": "not Exist Submission ID"})]
    with refused("3.14", status=400, says="not Exist Submission ID"):
        call(lambda client: client.submissions.delete("nothing000000", admin_name=None))


@pytest.mark.parametrize(
    "answer",
    [5, {"count": 5}, {"success": True, "count": 5}, {"data": {"count": 5}}, {"totalCount": "5"}],
)
@rows("5.7")
def test_count_is_read_in_any_likely_form(vendor: FixedVendor, call: Caller, answer: Any) -> None:
    """No page shows the answer of type=count, so a bare number and usual members are read."""
    vendor.answers = [("200 OK", answer)]
    hold("5.7", call(lambda client: client.tokens.count()) == 5, "it is not read")


@rows("3.3", "7.2")
def test_new_values_and_members_break_nothing(vendor: FixedVendor, call: Caller) -> None:
    """An ID type, a status and members that nobody knows yet are kept as they came."""
    row = {"submission_id": "x", "kyc": {"result": "on_hold"}, "data": {"idType": "moonlic"}, "new": [1]}
    management = {"name": "x", "new": {"a": 1}, "formReturnUrlConfig": {"new": True}}
    vendor.answers = [("200 OK", {"Items": [row]}), ("200 OK", {"item": {"management": management}})]
    found = call(lambda client: client.submissions.get("x"))
    hold("3.3", (found.status, found.data.id_type, found.raw["new"]) == ("on_hold", "moonlic", [1]), "lost")
    settings = call(lambda client: client.project.settings())
    hold("7.2", settings.raw["new"] == {"a": 1} and settings.return_config.raw == {"new": True}, "lost")
