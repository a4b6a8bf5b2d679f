"""These tests erase one user as an operator does, here and at the vendor."""

from __future__ import annotations

import io
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from sites import KEY, NOW, OTHER_KEY, new_visit
from store_values import claimed, confirmed, link_spec, new_event

from liveform import VendorError
from liveform.rest import Submission
from webhelper.commands.output import facts
from webhelper.confirmation.asking import VendorApi
from webhelper.links.signing.sealing import Sealer
from webhelper.links.stores.lists import Filter

if TYPE_CHECKING:
    from operating import Operator


def with_api_key(operator: Operator) -> None:
    """Give the project an API key."""
    (operator.directory / "api.key").write_text("an example of an API key", encoding="utf-8")
    operator.write_settings(project='api_key = { file = "api.key" }')


def in_one_line(answer: Any, code: int) -> str:
    """Return the complaint of a command that ends with this exit code."""
    assert (answer.code, answer.out) == (code, ""), answer
    return str(answer.err)


def filled(operator: Operator) -> None:
    """Put a user's link, its visit and a webhook into the store."""
    store = operator.store()
    link, _ = store.create(link_spec(fields={"userid": "Jane-1"}), now=NOW)
    visit = store.visit(link, new_visit(link), browser=b"b")
    store.record(visit.id, confirmed(submission_id="evcka62mes001"))
    store.inbox.receive(new_event(1, submission_id="evcka62mes001"), now=NOW)


def test_receipt_has_no_user_id(operator: Operator) -> None:
    """The receipt says what was erased, and what is left at the vendor, without the user id."""
    filled(operator)
    receipt = operator.data("store", "erase", "--userid", "Jane-1", "--yes")
    assert receipt == {
        "erased_at": "2026-06-25T00:00:00Z",
        "left_at_vendor": ["evcka62mes001"],
        "links": 1,
        "visits": 1,
        "outcomes": 1,
        "webhooks": 1,
        "messages": 0,
    }
    lines = operator.lines("store", "erase", "--userid", "Jane-1", "--yes")
    assert lines[:2] == ["erased_at       2026-06-25T00:00:00Z", "left_at_vendor  none"]
    assert not any("Jane" in line for line in lines)


def test_ids_of_the_receipt_are_listed_in_one_line() -> None:
    """The text of a receipt lists ids with spaces between them, and says none instead of an empty list."""
    lines = facts({"left_at_vendor": ["evcka62mes001", "evcka62mes002"], "only_claimed": (), "links": 1})
    assert lines == [
        "left_at_vendor  evcka62mes001 evcka62mes002",
        "only_claimed    none",
        "links           1",
    ]


def test_user_id_may_come_from_standard_input(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    """``--userid -`` keeps the user id out of the list of processes."""
    filled(operator)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"Jane-1\n")))
    assert operator.data("store", "erase", "--userid", "-", "--yes")["links"] == 1


def given(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    """Put bytes on standard input."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


@pytest.mark.parametrize(
    "data", [b"Jane-1", b"Jane-1\r\n", b"\xef\xbb\xbfJane-1\n", "\ufeffJane-1\r\n".encode("utf-16-le")]
)
def test_marks_and_line_ends_of_files_are_no_part_of_a_user_id(
    data: bytes, operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What editors put around a line does not keep a user from being found."""
    filled(operator)
    given(monkeypatch, data)
    assert operator.data("store", "erase", "--userid", "-", "--yes")["links"] == 1


@pytest.mark.parametrize(
    ("data", "code", "complaint"),
    [
        (b"", 2, "--userid: must not be empty"),
        (b"\n", 2, "--userid: must not be empty"),
        (b"Jane-1 \n", 2, "--userid: standard input has white space around the user id"),
        (b"\tJane-1", 2, "--userid: standard input has white space around the user id"),
        (b"Jane-1\n\n", 2, "--userid: standard input has white space around the user id"),
        (b"Jane-1\nJane-2\n", 2, "--userid: standard input has several lines"),
        (b"\xff\x00\x81", 1, "stdin is not UTF-8"),
    ],
)
def test_standard_input_that_is_not_one_user_id_is_refused(
    data: bytes, code: int, complaint: str, operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What may be another id than the one that was meant erases nothing."""
    filled(operator)
    given(monkeypatch, data)
    assert complaint in in_one_line(operator("store", "erase", "--userid", "-", "--yes"), code)
    assert operator.store().inbox.get(1) is not None


def test_user_who_is_not_found_is_said_to_be(operator: Operator) -> None:
    """A receipt of zeros says that nothing was found: the id may be misspelt."""
    filled(operator)
    nothing = "nothing was found under this user id; is it spelt exactly so?"
    assert operator.lines("store", "erase", "--userid", "jane-1", "--yes")[-1] == nothing
    assert nothing not in operator.lines("store", "erase", "--userid", "Jane-1", "--yes")
    assert operator.lines("store", "erase", "--userid", "Jane-1", "--yes")[-1] == nothing


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--userid", "Jane-1"], "--yes: is needed: what is erased cannot be brought back"),
        (["--userid", "", "--yes"], "--userid: must not be empty"),
    ],
)
def test_erase_without_what_it_needs_does_nothing(
    options: list[str], complaint: str, operator: Operator
) -> None:
    """Without ``--yes``, or without a user id, nothing is erased."""
    filled(operator)
    assert complaint in in_one_line(operator("store", "erase", *options), 2)
    assert operator.store().inbox.get(1) is not None


class Submissions:
    """The vendor's submissions, which say what was asked of them.

    Args:
        answer: what GET gives of each; None if the vendor does not know it.
        problem: what is wrong with each request to erase; None for nothing.
    """

    def __init__(self, answer: dict[str, Any] | None, problem: str | None) -> None:
        self.answer = answer
        self.problem = problem
        self.asked: list[tuple[str, object]] = []

    def get(self, submission_id: str) -> Submission:
        """Give a submission."""
        if self.answer is None:
            raise VendorError("there is none", reason="refused", code="not_found")
        return Submission.read({"submission_id": submission_id, **self.answer})

    def erase(self, submission_id: str, fields: object, **options: object) -> None:
        """Take a request to erase."""
        self.asked.append((submission_id, options["admin_name"]))
        assert options["erase_all_data"] is True
        assert "data" in str(fields)
        if self.problem is not None:
            raise VendorError(self.problem, reason="timeout")


@pytest.fixture
def vendor(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> Submissions:
    """Return the submissions of a vendor that the site has an API key of; they are those of the user."""
    with_api_key(operator)
    filled(operator)
    submissions = Submissions({"userid": "Jane-1", "data": {"name": "J"}}, None)
    monkeypatch.setattr(VendorApi, "client", lambda *_: SimpleNamespace(submissions=submissions))
    return submissions


AT_VENDOR = ("store", "erase", "--userid", "Jane-1", "--yes", "--at-vendor")


@pytest.mark.parametrize("problem", [None, "not Exist Submission ID"])
def test_vendor_is_asked_only_on_the_explicit_word(
    problem: str | None, operator: Operator, vendor: Submissions
) -> None:
    """With ``--at-vendor``, the personal parts of the user's submissions are erased there first."""
    vendor.problem = problem
    receipt = operator.data(*AT_VENDOR, "--admin-name", "a@example.com")
    assert vendor.asked == [("evcka62mes001", "a@example.com")]
    assert (receipt["erased_at_vendor"], receipt["links"], "left_at_vendor" in receipt) == (1, 1, False)


@pytest.mark.parametrize("userid", ["Jane-2", "jane-1"])
def test_submission_of_another_user_is_left_at_the_vendor(
    userid: str, operator: Operator, vendor: Submissions
) -> None:
    """What the vendor says is another user's is not erased there, and the receipt names it."""
    vendor.answer = {"userid": userid, "data": {"name": "J"}}
    receipt = operator.data(*AT_VENDOR)
    assert (vendor.asked, receipt["erased_at_vendor"], receipt["links"]) == ([], 0, 1)
    assert receipt["left_at_vendor"] == ["evcka62mes001"]


@pytest.mark.parametrize("answer", [None, {}, {"userid": "", "data": {}}, {"data": {"idType": "passport"}}])
def test_submission_that_was_erased_before_is_not_erased_again(
    answer: dict[str, Any] | None, operator: Operator, vendor: Submissions
) -> None:
    """What the vendor has no personal part of is counted as erased: an earlier call may have got that far."""
    vendor.answer = answer
    assert (operator.data(*AT_VENDOR)["erased_at_vendor"], vendor.asked) == (1, [])


def test_submission_that_was_only_claimed_is_left_everywhere(operator: Operator, vendor: Submissions) -> None:
    """Somebody else's submission id in a return erases nothing of theirs; the receipt names the id."""
    store = operator.store()
    link = store.page(Filter(text="Jane-1", unopened=True), now=NOW, limit=1).links[0]
    visit = store.visits(link.id, limit=1)[0]
    for claim in ("victim", "evcka62mes001"):
        store.record(visit.id, claimed(submission_id=claim, at=NOW + len(claim)))
    store.inbox.receive(new_event(2, submission_id="victim"), now=NOW)
    receipt = operator.data(*AT_VENDOR)
    assert [one for one, _ in vendor.asked] == ["evcka62mes001"]
    assert (receipt["only_claimed"], receipt["webhooks"]) == (["victim"], 1)
    assert store.inbox.get(2) is not None


def test_nothing_is_erased_here_if_the_vendor_failed(operator: Operator, vendor: Submissions) -> None:
    """If a submission could not be erased at the vendor, its id stays here, for the next try."""
    vendor.problem = "no answer"
    assert operator.lines(*AT_VENDOR, code=1) == [
        "the vendor did not erase evcka62mes001: timeout",
        "nothing was erased here; try again",
    ]
    assert operator.data(*AT_VENDOR, code=1) == {"failed_at_vendor": {"evcka62mes001": "timeout"}}
    assert operator.store().inbox.get(1) is not None


def test_vendor_cannot_be_asked_without_an_api_key(operator: Operator) -> None:
    """Without the project's API key, ``--at-vendor`` is refused before anything is erased."""
    filled(operator)
    answer = operator("store", "erase", "--userid", "Jane-1", "--yes", "--at-vendor")
    assert "projects.shop: needs an api_key for --at-vendor" in in_one_line(answer, 2)
    assert operator.store().inbox.get(1) is not None


def test_receipt_says_which_key_is_missing(operator: Operator) -> None:  # O6
    """Rows of a key that is not in the settings may be the user's: the receipt says so, and exit code 1."""
    filled(operator)
    (operator.directory / "secret.key").write_text(OTHER_KEY, encoding="utf-8")
    key_id = Sealer([KEY]).key_ids[0].hex()
    receipt = operator.data("store", "erase", "--userid", "Jane-1", "--yes", code=1)
    assert (receipt["links"], receipt["unreadable"]) == (0, {key_id: 2})
    lines = operator.lines("store", "erase", "--userid", "Jane-1", "--yes", code=1)
    assert lines[-3:] == [
        f"2 rows of the key {key_id} cannot be read",
        "THIS IS NOT COMPLETE: put the key into SECRET_KEYS, run",
        "`liveform store reseal`, and erase again",
    ]
