"""GET submission and GET applicant (vendor pages GET, GETA)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from webhelper.simulator.rest.calls import Call, Endpoint, Reply
from webhelper.simulator.rest.checks import as_count, as_date
from webhelper.simulator.rest.refusals import with_message
from webhelper.simulator.sandbox.announcements import as_visible
from webhelper.simulator.sandbox.errors import UnknownError
from webhelper.simulator.sandbox.items import part, shown
from webhelper.simulator.sandbox.submissions import Search, Submission

if TYPE_CHECKING:
    from datetime import date

    from webhelper.simulator.rest.refusals import Refused

_DEFAULT_COUNT: Final = 50
_MAX_COUNT: Final = 2_000
_REQUEST_TYPES: Final = ("kyc", "aml", "data", "others")
_PAGING: Final = ("nextpage_id", "nextpage_date")
_LIST: Final = ("userid", "email", "count", *_PAGING, "start_date", "end_date")


def read(call: Call) -> Reply:
    """Answer one submission, a part of one, or a page of a list."""
    call.doubt("item_times")
    if "submission_id" in call.query:
        return _one(call)
    if "request_type" in call.query:
        raise _wrong(call, "request_type needs submission_id")
    return _page(call)


def applicant(call: Call) -> Reply:
    """Answer the approved submissions of one person, as a bare array (row 2.10)."""
    found = call.sandbox.submissions.of_applicant(call.dashboard.pid, call.query["applicant_id"])
    names = ("submission_id", "duplicated_information", "email")
    return Reply([{name: one.item[name] for name in names if name in one.item} for one in found])


def _one(call: Call) -> Reply:
    call.ignore(*(name for name in _LIST if name in call.query))
    kind = call.query.get("request_type")
    if kind not in (None, *_REQUEST_TYPES):
        raise _wrong(call, "request_type")
    try:
        found = call.sandbox.submissions.get(call.query["submission_id"], pid=call.dashboard.pid)
    except UnknownError:
        call.doubt("no_match")
        return Reply({"Items": []})
    if found.deleted:
        call.doubt("deleted_mark")
    item = as_visible(call.sandbox, found).item
    if kind is None:
        return Reply({"Items": [shown(item, listed=False)]})
    call.doubt("request_type")
    return Reply({"Items": [part(item, kind)]})


def _page(call: Call) -> Reply:
    call.doubt("list_order", "list_members")
    count = as_count(call.query.get("count", str(_DEFAULT_COUNT)))
    if count is None:
        raise _wrong(call, "count")
    if count > _MAX_COUNT:
        call.doubt("count_maximum")
    count = min(count, _MAX_COUNT)
    start, end = _day(call, "start_date"), _day(call, "end_date")
    search = Search(
        pid=call.dashboard.pid,
        userid=call.query.get("userid"),
        email=call.query.get("email"),
        start=None if start is None else start.isoformat(),
        end=None if end is None else f"{end}~",
        before=_last(call),
        limit=count + 1,
    )
    found = call.sandbox.submissions.search(search)
    shortened = [shown(as_visible(call.sandbox, one).item, listed=True) for one in found[:count]]
    page: dict[str, object] = {"Items": shortened}
    if len(found) > count:
        page["nextpageKey"] = _key(found[count - 1])
    return Reply(page)


def _last(call: Call) -> str | None:
    """Return the id of the last submission of the page before; both members of its key have to fit."""
    given = {name: call.query[name] for name in _PAGING if name in call.query}
    if not given:
        return None
    try:
        last = call.sandbox.submissions.get(given.get("nextpage_id", ""), pid=call.dashboard.pid)
    except UnknownError:
        raise _wrong(call, "nextpage_id") from None
    if _key(last)["created_at"] != given.get("nextpage_date"):
        raise _wrong(call, "nextpage_date")
    return last.id


def _key(submission: Submission) -> dict[str, str]:
    return {"id": submission.id, "created_at": submission.item["created_at"]}


def _day(call: Call, name: str) -> date | None:
    if name not in call.query:
        return None
    day = as_date(call.query[name])
    if day is None:
        raise _wrong(call, name)
    return day


def _wrong(call: Call, name: str) -> Refused:
    call.doubt("get_errors")
    return with_message("invalid_parameter", f"invalid parameter: {name}")


ENDPOINTS: Final = (
    Endpoint(
        method="GET",
        path="/submission",
        handle=read,
        refuse=with_message,
        names=frozenset({"submission_id", "request_type", *_LIST}),
        covered=True,
    ),
    Endpoint(
        method="GET",
        path="/submission/applicant",
        handle=applicant,
        refuse=with_message,
        names=frozenset({"applicant_id"}),
        required=frozenset({"applicant_id"}),
    ),
)
