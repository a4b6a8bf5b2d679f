"""Tests of liveform.rest.operations.submissions: reading submissions."""

from datetime import date
from typing import Any

import pytest
from rest_answers import SECRET, all_pages, read, refused, unreadable

from liveform.errors import VendorError
from liveform.rest.operation import Page
from liveform.rest.operations import submissions

ID = "evcka62mes3ug"
ITEM = {"submission_id": ID, "email": "jane@example.com", "kyc": {"result": "approved"}}


def test_get_asks_for_one_submission() -> None:
    """One submission is asked for by its id (rows 2.1, 2.13)."""
    operation = submissions.get(ID, request_type="aml")
    assert (operation.name, operation.method, operation.path) == ("submissions.get", "GET", "/submission")
    assert operation.query == {"submission_id": ID, "request_type": "aml"}
    assert operation.transfer
    assert operation.repeatable
    assert read(operation, {"Items": [ITEM]}).status == "approved"


@pytest.mark.parametrize("part", ["kyc", "aml", "data", "others"])
def test_get_asks_for_each_documented_part(part: Any) -> None:
    """Every part of the vendor's page can be asked for alone (row 2.1)."""
    assert submissions.get(ID, request_type=part).query == {"submission_id": ID, "request_type": part}


def test_get_of_a_part_without_id_is_read() -> None:
    """A part of a submission may come without its id."""
    found = read(submissions.get(ID, request_type="aml"), {"Items": [{"aml": {"currentstatus": "Red Flag"}}]})
    assert found.aml == {"currentstatus": "Red Flag"}


def test_get_of_an_unknown_id_is_not_found() -> None:
    """An empty list means that the vendor has no such submission (row 2.8)."""
    with pytest.raises(VendorError) as raised:
        read(submissions.get(SECRET), {"Items": []})
    error = raised.value
    assert (error.reason, error.code, error.status) == ("refused", "not_found", 200)
    assert SECRET not in str(error)


def test_get_refuses_the_answer_about_another_submission() -> None:
    """A submission with another id than the one asked for is never returned."""
    unreadable(submissions.get(ID), {"Items": [{**ITEM, "submission_id": SECRET}]})


@pytest.mark.parametrize("value", [None, [], "text", {}, {"Items": "text"}, {"Items": [1]}, {"Items": {}}])
def test_get_of_another_shape_is_an_error(value: Any) -> None:
    """An answer of another shape ends in a VendorError."""
    with pytest.raises(VendorError):
        read(submissions.get(ID), value)


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"submission_id": ""}, "submission_id"),
        ({"submission_id": None}, "submission_id"),
        ({"submission_id": 7}, "submission_id"),
        ({"submission_id": "a b"}, "submission_id"),
        ({"submission_id": ID, "request_type": SECRET}, "request_type"),
    ],
)
def test_get_refuses_wrong_arguments(arguments: dict[str, Any], field: str) -> None:
    """The error names the argument."""
    assert refused(submissions.get, **arguments).field == field


def test_list_asks_with_the_vendors_names() -> None:
    """A list can be of a user, an e-mail and days, in pages of a size (rows 2.1, 2.5)."""
    operation = submissions.list_all(
        userid="user_12345",
        email="jane@example.com",
        start_date=date(2026, 6, 1),
        end_date="2026-06-30",
        page_size=100,
    )
    assert operation.query == {
        "userid": "user_12345",
        "email": "jane@example.com",
        "start_date": "2026-06-01",
        "end_date": "2026-06-30",
        "count": "100",
    }
    assert operation.transfer
    assert submissions.list_all().query == {}


def test_list_goes_through_all_pages() -> None:
    """The key of an answer asks for the next page, beside the first query; the last answer has none."""
    key = {"id": ID, "created_at": "2026-06-24-09-30-00-UTC"}
    answers = [
        {"Items": [ITEM, ITEM], "nextpageKey": key},
        {"Items": [], "nextPageKey": {**key, "id": "b"}},
        [ITEM],
    ]
    items, queries = all_pages(submissions.list_all(userid="user_12345"), answers)
    assert [item.submission_id for item in items] == [ID, ID, ID]
    date_of_page = {"nextpage_date": key["created_at"]}
    assert queries == [
        {"userid": "user_12345"},
        {"userid": "user_12345", "nextpage_id": ID, **date_of_page},
        {"userid": "user_12345", "nextpage_id": "b", **date_of_page},
    ]


def test_list_whose_key_repeats_ends_in_an_error() -> None:
    """A vendor that answers with the same key again does not keep the client going for ever."""
    answer = {"Items": [ITEM], "nextpageKey": {"id": ID, "created_at": "x"}}
    second = read(submissions.list_all(), answer).next
    assert second is not None
    assert "no end" in str(unreadable(second, answer))


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"userid": ""}, "userid"),
        ({"email": 5}, "email"),
        ({"start_date": "20260601"}, "start_date"),
        ({"end_date": SECRET}, "end_date"),
        ({"start_date": "2026-06-02", "end_date": "2026-06-01"}, "end_date"),
        ({"page_size": 0}, "page_size"),
        ({"page_size": 2_001}, "page_size"),
        ({"page_size": "50"}, "page_size"),
    ],
)
def test_list_refuses_wrong_arguments(arguments: dict[str, Any], field: str) -> None:
    """The error names the argument."""
    assert refused(submissions.list_all, **arguments).field == field


def test_by_applicant_reads_a_bare_list() -> None:
    """The submissions of an applicant come as a bare list (row 2.10)."""
    operation = submissions.by_applicant("applicant_1")
    assert (operation.path, operation.query) == ("/submission/applicant", {"applicant_id": "applicant_1"})
    rows = [{"submission_id": ID, "email": "jane@example.com"}, {"submission_id": "b", "new": 1}]
    first, second = read(operation, rows)
    assert (first.email, second.submission_id, second.raw["new"]) == ("jane@example.com", "b", 1)
    assert read(operation, []) == ()
    unreadable(operation, {"message": "success"})
    assert refused(submissions.by_applicant, "").field == "applicant_id"


def test_page_without_key_is_the_last() -> None:
    """A page that has no key asks for nothing more."""
    page = read(submissions.list_all(), {"Items": []})
    assert page == Page(())
