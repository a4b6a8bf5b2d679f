"""Rows 2.1 to 2.14: submissions, read by id and in lists."""

from __future__ import annotations

import itertools
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest

from tests.contract.checks import hold, hold_members, names_of, refused, rows
from tests.contract.clients import caller

if TYPE_CHECKING:
    from tests.contract.target import World
    from webhelper.simulator.sandbox.request_log import Request
    from webhelper.simulator.sandbox.sandbox import Sandbox

PERSON = {"full_name": "One Person", "gender": "female", "nationality": "KOR", "birth_date": "1990-01-31"}


def query_of(request: Request) -> dict[str, Any]:
    """Return the query of a request, decrypted."""
    if request.opened is not None:
        found: dict[str, Any] = json.loads(request.opened)
        return found
    return {name: values[0] for name, values in parse_qs(request.query).items()}


def ids_of(submissions: list[Any]) -> list[str]:
    """Return the ids of submissions, in their order."""
    return [one.submission_id for one in submissions]


@rows("2.1", "2.6")
def test_one_submission_comes_in_a_list(world: World) -> None:
    """A submission is read by submission_id, and comes in the member Items."""
    submission_id = world.some_submission()
    found = world.get(submission_id)
    hold("2.6", found.submission_id == submission_id, "another submission, or none")
    hold_members("2.6", found.raw, {"submission_id": str, "created_at": str, "kyc": dict})
    hold("2.6", isinstance(found.status, str), "the submission has no status")
    if world.simulator is not None:
        last = world.last_request()
        hold("2.1", (last.method, last.path) == ("GET", "/submission"), "another endpoint")
        hold("2.1", query_of(last) == {"submission_id": submission_id}, "another query")
        hold("2.6", names_of(json.loads(last.answer)) == {"Items"}, "another answer")


@pytest.mark.parametrize("request_type", ["kyc", "aml", "data", "others"])
@rows("2.1")
def test_part_of_a_submission_can_be_asked_for(world: World, request_type: str) -> None:
    """The four values of request_type each give a part of a submission."""
    submission_id = world.some_submission()
    found = world.call(lambda client: client.submissions.get(submission_id, request_type=request_type))
    hold("2.1", found.submission_id in (None, submission_id), "another submission")
    if request_type in ("kyc", "data"):
        hold_members("2.1", found.raw, {request_type: dict})


@rows("2.2", "2.3")
def test_pages_follow_the_key_of_the_answer(world: World, sandbox: Sandbox) -> None:
    """The members of nextpageKey are sent back as nextpage_id and nextpage_date, until there is none."""
    made = [world.migrate(userid="user_12345") for _ in range(5)]
    before = len(world.requests())
    found = world.call(lambda client: client.submissions.list(userid="user_12345", page_size=2))
    hold("2.2", sorted(ids_of(found)) == sorted(made), "a submission is missing, or comes twice")
    pages = world.requests()[before:]
    hold("2.2", len(pages) == 3, "another number of pages")
    for earlier, later in itertools.pairwise(pages):
        key = json.loads(earlier.answer)["nextpageKey"]
        sent = query_of(later)
        hold("2.2", sent.get("nextpage_id") == key["id"], "nextpage_id is not the id of the key")
        hold("2.2", sent.get("nextpage_date") == key["created_at"], "nextpage_date is not its time")
        hold("2.2", sent.get("userid") == "user_12345", "a later page has another search")
    hold("2.2", "nextpageKey" not in json.loads(pages[-1].answer), "the last page has a key")


@rows("2.2", "2.7")
def test_lists_go_on_over_pages(world: World) -> None:
    """A list with pages of one gives different submissions, each with its id."""
    if world.simulator is not None:
        for _ in range(3):
            world.migrate()
    found = world.call(lambda client: client.submissions.list(page_size=1), most=3)
    if len(found) < 2:
        pytest.skip("the project has too few submissions")
    hold("2.2", len(set(ids_of(found))) == len(found), "a submission comes twice")
    hold("2.7", all(isinstance(one.submission_id, str) for one in found), "a submission without an id")


@rows("2.4")
def test_page_has_fifty_by_default(world: World, sandbox: Sandbox) -> None:
    """Without count, a page has 50 submissions; 2,000 is the most that a page of the vendor names."""
    for _ in range(51):
        world.check("rejected")
    before = len(world.requests())
    found = world.call(lambda client: client.submissions.list())
    first = json.loads(world.requests()[before].answer)
    hold("2.4", (len(found), len(first["Items"])) == (51, 50), "another default")
    world.call(lambda client: client.submissions.list(page_size=2_000))
    hold("2.4", query_of(world.last_request()) == {"count": "2000"}, "another count is sent")


@rows("2.5")
def test_days_limit_a_list(world: World, sandbox: Sandbox) -> None:
    """start_date and end_date are YYYY-MM-DD, and both days are in the list."""
    made = []
    for _ in range(3):
        made.append(world.migrate())
        sandbox.clock.move(timedelta(days=1))
    days = {"start_date": "2026-06-25", "end_date": "2026-06-26"}
    found = world.call(lambda client: client.submissions.list(**days))
    hold("2.5", sorted(ids_of(found)) == sorted(made[1:]), "other days")
    hold("2.5", query_of(world.last_request()) == days, "other names or another form")


@pytest.mark.parametrize("search", [{"email": "one@example.com"}, {"userid": "user_12345"}])
@rows("2.1", "2.12")
def test_email_and_userid_search(world: World, sandbox: Sandbox, search: dict[str, str]) -> None:
    """A search by e-mail or userid goes to /submission, and not to /submission/applicant."""
    wanted = world.migrate(email="one@example.com", userid="user_12345")
    world.migrate(email="two@example.com", userid="user_67890")
    found = world.call(lambda client: client.submissions.list(**search))
    hold("2.1", ids_of(found) == [wanted], "the search finds others")
    hold("2.12", world.last_request().path == "/submission", "another endpoint")
    hold("2.1", query_of(world.last_request()) == search, "another query")


@rows("2.7")
def test_list_has_fewer_members_than_a_single_read(world: World, sandbox: Sandbox) -> None:
    """A list leaves members out that a read by id has."""
    submission_id = world.check()
    (listed,) = world.call(lambda client: client.submissions.list())
    read = world.get(submission_id)
    hold("2.7", names_of(listed.raw) < names_of(read.raw), "the list has as much")
    hold("2.7", read.ocr is not None and listed.ocr is None, "OCR is not left out")


@rows("2.8")
def test_no_match_is_empty(world: World) -> None:
    """A search without a match gives an empty list, and an unknown id is a failure of ours."""
    nobody = "contract-nobody@example.com"
    found = world.call(lambda client: client.submissions.list(email=nobody), most=1)
    hold("2.8", found == [], "somebody is found")
    with refused("2.8", code="not_found"):
        world.call(lambda client: client.submissions.get("nothing000000"))


@rows("2.9", "3.15")
def test_deleted_submission_stays_visible(writer: World) -> None:
    """A deleted submission is still answered, as Deleted Submission, with id, day, ID type and status."""
    made = writer.migrate(id_type="passport", issuing_country="KOR")
    writer.call(lambda client: client.submissions.delete(made, admin_name=writer.admin))
    writer.clean_up.clear()
    found = writer.call(lambda client: client.submissions.get(made))
    hold("3.15", found.submission_id == made, "the id is gone")
    hold("2.9", "Deleted Submission" in json.dumps(found.raw), "nothing says Deleted Submission")
    hold("3.15", found.status == "approved", "the status is gone")
    hold("3.15", found.created_at is not None, "the day is gone")
    hold("3.15", found.data is not None and found.data.id_type == "passport", "the ID type is gone")
    hold("3.15", found.email is None and found.data.full_name is None, "personal data is still there")


@rows("2.10", "2.11")
def test_applicant_has_the_approved_submissions_of_a_person(world: World, sandbox: Sandbox) -> None:
    """Approved submissions of one person share an applicant_id, and come as a bare array."""
    made = [world.migrate(**PERSON) for _ in range(2)]
    refused_one = world.migrate(**PERSON, kyc_status="rejected")
    other = world.migrate(full_name="Another Person")
    first, rejected, stranger = map(world.get, (made[0], refused_one, other))
    hold("2.11", rejected.applicant_id is None, "a rejected one has an applicant_id")
    hold("2.11", stranger.applicant_id not in (None, first.applicant_id), "two persons share one")
    found = world.call(lambda client: client.submissions.by_applicant(first.applicant_id))
    hold("2.10", sorted(ids_of(found)) == sorted(made), "other submissions")
    hold("2.10", all(one.email for one in found), "no e-mail")
    last = world.last_request()
    hold("2.10", last.path == "/submission/applicant", "another endpoint")
    hold("2.10", isinstance(json.loads(last.answer), list), "the answer is no bare array")
    alone = world.call(lambda client: client.submissions.by_applicant(stranger.applicant_id))
    hold("2.10", ids_of(alone) == [other], "one without a duplicate is not one row")


@rows("2.13", "10.3b", "10.4", "10.7")
def test_query_is_encrypted_under_secure_data_transfer(world: World, sandbox: Sandbox) -> None:
    """With Secure Data Transfer, all query parameters are one parameter data; without it, none is."""
    submission_id = world.some_submission()
    world.get(submission_id)
    sent = parse_qs(world.last_request().query)
    hold("2.13", (set(sent) == {"data"}) == world.is_encrypted, "the query is not as the setting says")
    hold("2.13", (submission_id in world.last_request().query) != world.is_encrypted, "the id is readable")
    if not world.is_encrypted:
        return
    plain = {**world.arguments, "secure_data_transfer": None}
    with caller(is_async=False, **plain) as one, refused("2.13", status=400):
        one(lambda client: client.submissions.get(submission_id))
    hold("10.4", world.last_request().status == 400, "a plain query is read")


@rows("2.14")
def test_data_has_typed_members(world: World) -> None:
    """Every member of data that is documented is a text, and has an attribute."""
    submission_id = world.check() if world.simulator is not None else world.some_submission()
    found = world.get(submission_id)
    if found.data is None:
        pytest.skip("the submission has no data")
    for name, value in found.data.raw.items():
        if name in ("full_name", "gender", "nationality", "date_of_birth", "idType", "documentNumber"):
            hold("2.14", isinstance(value, str | None), f"the member {name} is not a text")
    for name in ("full_name", "gender", "nationality", "date_of_birth"):
        hold("2.14", getattr(found.data, name) == found.data.raw.get(name), f"{name} is not read")
