"""These tests check how submissions are read."""

from typing import Any

import pytest
from sandboxes import EMAIL, NOON, PID, USER, StillClock, submitted
from simulated_api import Api

from liveform import Pipeline
from webhelper.simulator.sandbox.projections import Projection


def read_pages(api: Api, **query: str) -> tuple[list[str], int]:
    """Return the ids of all pages, and how many pages there were."""
    seen: list[str] = []
    key: dict[str, str] = {}
    for number in range(1, 100):
        page = api.get("/submission", **query, **key)
        seen += [item["submission_id"] for item in page["Items"]]
        if "nextpageKey" not in page:
            return seen, number
        key = {f"nextpage_{name}": page["nextpageKey"][short] for name, short in PARTS}
    raise AssertionError


PARTS = (("id", "id"), ("date", "created_at"))


def test_one_submission_comes_whole(api: Api) -> None:
    """A single read has everything but AML (rows 2.6 and 2.7)."""
    made = submitted(api.sandbox)
    (item,) = api.get("/submission", submission_id=made)["Items"]
    assert (item["submission_id"], item["email"], item["userid"]) == (made, EMAIL, USER)
    assert item["kyc"] == {"result": "approved", "comment": [], "commentCode": [], "attempts": []}
    assert {"ocr", "OCR_raw", "image", "project_options", "applicant_id", "data"} <= set(item)
    assert item["created_at"] == "2026-05-01-12-00-00-UTC"
    assert item["reviewer"] == "system"


def test_unknown_submission_is_an_empty_list(api: Api) -> None:
    """No match is an empty list (row 2.8)."""
    assert api.get("/submission", submission_id="nobody") == {"Items": []}
    assert "no_match" in api.logged.doubts
    assert api.get("/submission", userid="nobody") == {"Items": []}


def test_list_can_be_of_a_user_or_an_email(api: Api) -> None:
    """A list can be chosen by userid, email and days (row 2.1)."""
    one, two = submitted(api.sandbox), submitted(api.sandbox, userid="user_2", email="two@example.com")
    assert read_pages(api) == ([two, one], 1)
    assert read_pages(api, userid=USER) == ([one], 1)
    assert read_pages(api, email="two@example.com") == ([two], 1)
    assert read_pages(api, userid=USER, email="two@example.com") == ([], 1)
    (item, _) = api.get("/submission")["Items"]
    assert not {"ocr", "OCR_raw", "project_options", "aml"} & set(item)


def test_days_are_whole_days(api: Api, still: StillClock) -> None:
    """Both days belong to the range, in UTC."""
    still.turn(hours=11, minutes=59, seconds=59)
    one = submitted(api.sandbox)
    still.turn(seconds=1)
    two = submitted(api.sandbox)
    assert read_pages(api, start_date="2026-05-01", end_date="2026-05-01") == ([one], 1)
    assert read_pages(api, start_date="2026-05-02") == ([two], 1)
    assert read_pages(api, end_date="9999-12-31") == ([two, one], 1)


@pytest.mark.parametrize(("count", "pages"), [("1", 5), ("2", 3), ("5", 1), ("2000", 1), ("9999", 1)])
def test_pages_have_every_submission_once(api: Api, count: str, pages: int) -> None:
    """The key of a page leads to the next; the last page has none (row 2.2)."""
    made = [submitted(api.sandbox) for _ in range(5)]
    assert read_pages(api, count=count) == (made[::-1], pages)
    assert ("count_maximum" in api.logged.doubts) == (count == "9999")


def test_page_has_50_submissions(api: Api) -> None:
    """Without a count, a page has 50 (row 2.4)."""
    for _ in range(51):
        api.sandbox.submit(PID, {}, "approved", pipeline=Pipeline.KNOWLEDGE)
    assert len(api.get("/submission")["Items"]) == 50


def test_pages_go_on_after_a_submission_was_deleted(api: Api) -> None:
    """A deleted submission is still a place to go on from."""
    made = [submitted(api.sandbox) for _ in range(3)]
    key = api.get("/submission", count="1")["nextpageKey"]
    api.send("DELETE", "/submission", submission_id=made[2])
    page = api.get("/submission", nextpage_id=key["id"], nextpage_date=key["created_at"])
    assert [item["submission_id"] for item in page["Items"]] == [made[1], made[0]]


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ({"count": "0"}, "count"),
        ({"count": "-1"}, "count"),
        ({"count": "many"}, "count"),
        ({"count": "9" * 5000}, "count"),
        ({"start_date": "20260501"}, "start_date"),
        ({"start_date": "2026-02-30"}, "start_date"),
        ({"end_date": "2026-5-1"}, "end_date"),
        ({"nextpage_id": "nobody", "nextpage_date": "x"}, "nextpage_id"),
        ({"nextpage_date": "x"}, "nextpage_id"),
        ({"request_type": "kyc"}, "request_type needs submission_id"),
        ({"request_type": "all", "submission_id": "s1"}, "request_type"),
    ],
)
def test_wrong_values_are_refused(api: Api, query: dict[str, str], name: str) -> None:
    """A wrong value is refused; the vendor shows no error of this page."""
    refused = api.refusal("GET", "/submission", **query)
    assert refused == {"errorCode": "invalid_parameter", "message": f"invalid parameter: {name}"}
    assert "get_errors" in api.logged.doubts


def test_both_parts_of_a_page_key_have_to_fit(api: Api) -> None:
    """The time of another submission is refused, which shows a client that mixes them up."""
    made = submitted(api.sandbox)
    for query in ({"nextpage_id": made}, {"nextpage_id": made, "nextpage_date": NOON}):
        assert api.refusal("GET", "/submission", **query)["errorCode"] == "invalid_parameter"


@pytest.mark.parametrize(
    ("kind", "members"),
    [("kyc", {"kyc"}), ("data", {"data"}), ("aml", {"aml"}), ("others", {"email", "userid", "image"})],
)
def test_part_of_a_submission(api: Api, kind: str, members: set[str]) -> None:
    """request_type gives a part of one submission (row 2.1)."""
    made = submitted(api.sandbox)
    api.send("POST", "/submission/aml", {"submissionId": made, "amlThreshold": 70})
    (item,) = api.get("/submission", submission_id=made, request_type=kind)["Items"]
    assert members | {"submission_id"} <= set(item)
    assert not ({"kyc", "data", "aml"} - members) & set(item)


def test_parameters_of_a_list_are_ignored_for_one_submission(api: Api) -> None:
    """Beside submission_id, the others are ignored, and the log says so."""
    made = submitted(api.sandbox)
    assert len(api.get("/submission", submission_id=made, userid="user_2", count="7")["Items"]) == 1
    assert api.logged.ignored == ("userid", "count")


def test_projection_thins_what_is_read(api: Api) -> None:
    """What a projection hides is neither in a single read nor in a list (row 7.8)."""
    api.sandbox.projections.add(Projection("p1", PID, "thin", ("full_name",), NOON))
    made = submitted(api.sandbox, projectionId="p1")
    for query in ({"submission_id": made}, {}):
        (item,) = api.get("/submission", **query)["Items"]
        assert "full_name" not in item["data"]
    api.send("DELETE", "/projection/p1")
    (item,) = api.get("/submission", submission_id=made)["Items"]
    assert "full_name" in item["data"]


def test_applicant_is_a_bare_list(api: Api) -> None:
    """The approved submissions of one person come as an array (row 2.10)."""
    data: dict[str, Any] = {"full_name": "SAMPLE TWIN", "date_of_birth": "1990-01-01"}
    made = [
        api.sandbox.submit(PID, {"email": EMAIL}, outcome, pipeline=Pipeline.ID_DOCUMENT, data=data)
        for outcome in ("approved", "approved", "pending")
    ]
    (item,) = api.get("/submission", submission_id=made[0])["Items"]
    answer = api.get("/submission/applicant", applicant_id=item["applicant_id"])
    assert answer == [
        {"submission_id": made[0], "email": EMAIL},
        {"submission_id": made[1], "duplicated_information": made[0], "email": EMAIL},
    ]
    assert api.get("/submission/applicant", applicant_id="nobody") == []
