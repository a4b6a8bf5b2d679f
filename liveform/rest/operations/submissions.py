"""Operations that read submissions: one by its id, lists in pages, and those of one applicant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from liveform.rest.operation import Operation
from liveform.rest.operations.answers import Reader
from liveform.rest.operations.arguments import DATE, ID, TEXT, Member, OneOf, Whole, check_days, query_of
from liveform.rest.operations.paging import PagedList, page_key
from liveform.rest.values.submission import ApplicantSubmission, Submission

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from liveform.rest.operation import Answer, Page
    from liveform.rest.operations.arguments import Day
    from liveform.wire.json_object import JsonValue

T = TypeVar("T")

_GET: Final = {
    "submission_id": Member("submission_id", ID, required=True),
    "request_type": Member("request_type", OneOf("kyc", "aml", "data", "others")),
}
_LIST: Final = {
    "userid": Member("userid", TEXT),
    "email": Member("email", TEXT),
    "start_date": Member("start_date", DATE),
    "end_date": Member("end_date", DATE),
    "page_size": Member("count", Whole(1, 2_000)),
}
_APPLICANT: Final = {"applicant_id": Member("applicant_id", ID, required=True)}
_PAGE_KEY: Final = {"id": "nextpage_id", "created_at": "nextpage_date"}
_ITEMS: Final = ("Items", "items")


def get(submission_id: str, *, request_type: str | None = None) -> Operation[Submission]:
    """Read one submission: ``GET /submission`` (vendor page GET).

    Args:
        submission_id: the vendor's id.
        request_type: ``kyc``, ``aml``, ``data`` or ``others`` asks for that part alone; by default all comes.

    Returns:
        The submission. A deleted one is still answered, with what the vendor keeps of it.

    Raises:
        FieldError: a wrong argument.
        VendorError: the call failed. An id that the vendor does not know gives the code ``not_found`` and the
            status 200, since the vendor answers it with an empty list. (The page does not show that answer.)
    """
    query = query_of(_GET, {"submission_id": submission_id, "request_type": request_type})
    reader = Reader("submissions.get")

    def read(answer: Answer) -> Submission:
        rows = reader.rows(answer.value, *_ITEMS)
        if not rows:
            raise reader.not_found("submission")
        if rows[0].get("submission_id", submission_id) != submission_id:
            raise reader.unreadable("the answer is about another submission")
        return Submission.read(rows[0])

    return _read_operation("submissions.get", "/submission", query, read)


def list_all(
    *,
    userid: str | None = None,
    email: str | None = None,
    start_date: Day | None = None,
    end_date: Day | None = None,
    page_size: int | None = None,
) -> Operation[Page[Submission]]:
    """List submissions, all or those of a user, e-mail or days: ``GET /submission`` (vendor page GET).

    An item has fewer members than ``get`` gives. The vendor does not document the order.

    Args:
        userid: your own id of the user, as it was in the URL.
        email: the e-mail of the customer.
        start_date: the first day, as ``datetime.date`` or YYYY-MM-DD. The vendor does not document its zone.
        end_date: the last day.
        page_size: how many the vendor sends at once, from 1 to 2,000; 50 by default.

    Raises:
        FieldError: a wrong argument.
        VendorError: a call failed, or the pages have no end (``unreadable``).
    """
    query = query_of(
        _LIST,
        {
            "userid": userid,
            "email": email,
            "start_date": start_date,
            "end_date": end_date,
            "page_size": page_size,
        },
    )
    check_days(query.get("start_date"), query.get("end_date"))
    reader = Reader("submissions.list")

    def make(
        key: Mapping[str, str], read: Callable[[Answer], Page[Submission]]
    ) -> Operation[Page[Submission]]:
        return _read_operation("submissions.list", "/submission", {**query, **key}, read)

    def items(value: JsonValue) -> tuple[Submission, ...]:
        return tuple(map(Submission.read, reader.rows(value, *_ITEMS)))

    return PagedList(make, items, lambda value: page_key(value, _PAGE_KEY, reader), reader).first()


def by_applicant(applicant_id: str) -> Operation[tuple[ApplicantSubmission, ...]]:
    """Read the approved submissions of one applicant: ``GET /submission/applicant`` (vendor page GETA).

    The vendor makes the applicant id of name, birth date, gender, nationality and selfie, and only for
    approved submissions.

    Raises:
        FieldError: an id that is not text.
        VendorError: the call failed.
    """
    query = query_of(_APPLICANT, {"applicant_id": applicant_id})
    reader = Reader("submissions.by_applicant")

    def read(answer: Answer) -> tuple[ApplicantSubmission, ...]:
        return tuple(map(ApplicantSubmission.read, reader.rows(answer.value, *_ITEMS)))

    return _read_operation("submissions.by_applicant", "/submission/applicant", query, read)


def _read_operation(
    name: str, path: str, query: Mapping[str, str], read: Callable[[Answer], T]
) -> Operation[T]:
    """A GET that Secure Data Transfer covers (vendor-api rows 2.13, 10.7)."""
    return Operation(
        name=name, method="GET", path=path, query=query, read=read, repeatable=True, transfer=True
    )
