"""Operations that screen approved submissions for money laundering (AML), once or again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from liveform.rest.operation import Operation
from liveform.rest.operations.answers import Acknowledgement, Reader
from liveform.rest.operations.arguments import (
    ADMIN,
    ID,
    Ids,
    Member,
    Number,
    members_of,
    path_segment,
    query_of,
)
from liveform.rest.values.aml import AmlResult, MonitoringRecord, MonitoringResult

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from liveform.rest.operation import Answer

_PER_REQUEST: Final = 25  # vendor pages MONP, MOND
_RUN: Final = {
    "submission_id": Member("submissionId", ID, required=True),
    "threshold": Member("amlThreshold", Number()),
}
_REPORT: Final = {"resource_id": Member("resourceId", ID, required=True)}
_ADD: Final = {
    "submission_ids": Member("submissionIds", Ids(_PER_REQUEST), required=True),
    "admin": ADMIN,
}
_REMOVE: Final = {"record_ids": Member("recordIds", Ids(_PER_REQUEST), required=True), "admin": ADMIN}


def run(
    submission_id: str, *, threshold: float | None = None, extra: Mapping[str, object] | None = None
) -> Operation[AmlResult]:
    """Screen a submission: ``POST /submission/aml`` (vendor page AML).

    The vendor screens approved submissions on its own if the project is set so. This is not repeated on its
    own, since the page does not say whether a second screening is free.

    Args:
        submission_id: the vendor's id.
        threshold: the score from which something is a match; needed if none is set in the dashboard
            (``invalid_aml_threshold``). The vendor documents no range.
        extra: members that liveform does not know, by the vendor's names.

    Raises:
        FieldError: a wrong argument.
        VendorError: the call failed.
    """
    reader = Reader("aml.run", writes=True)
    return Operation(
        name=reader.call,
        method="POST",
        path="/submission/aml",
        body=members_of(_RUN, {"submission_id": submission_id, "threshold": threshold}, extra=extra),
        read=reader.value(AmlResult),
    )


def report(resource_id: str) -> Operation[bytes]:
    """Read the report of a screening: ``GET /report/aml`` (vendor page RAML).

    Args:
        resource_id: of the screening; ``submissions.get(..., request_type="aml")`` has it, and only if the
            result is Red Flag.

    Returns:
        The bytes of a PDF file.

    Raises:
        FieldError: an id that is not text.
        VendorError: the call failed, or the answer is no PDF (``unreadable``).
    """
    reader = Reader("aml.report")

    def read(answer: Answer) -> bytes:
        if not answer.content.startswith(b"%PDF-"):  # ISO 32000-1, 7.5.2
            raise reader.unreadable("the answer is not a PDF file")
        return answer.content

    return Operation(
        name=reader.call,
        method="GET",
        path="/report/aml",
        query=query_of(_REPORT, {"resource_id": resource_id}),
        read=read,
        repeatable=True,
        is_file=True,
    )


def monitor_add(
    worklist_id: str, submission_ids: Iterable[str], *, admin: str
) -> Operation[MonitoringResult]:
    """Monitor submissions from now on: ``POST /submission/aml/monitor/{worklistId}`` (vendor page MONP).

    It is not repeated on its own, since the page does not say what a second registration does.

    Args:
        worklist_id: of the worklist, from the vendor.
        submission_ids: 1 to 25 approved submissions that have a full name and a day of birth.
        admin: the e-mail of an administrator of the project.

    Returns:
        Which are monitored, and which failed: some can fail while others succeed.

    Raises:
        FieldError: a wrong argument.
        VendorError: the call failed; ``all_submissions_failed`` if all did.
    """
    reader = Reader("aml.monitor_add", writes=True)
    return Operation(
        name=reader.call,
        method="POST",
        path=f"/submission/aml/monitor/{path_segment('worklist_id', worklist_id)}",
        body=members_of(_ADD, {"submission_ids": submission_ids, "admin": admin}),
        read=reader.value(MonitoringResult),
    )


def monitor_get(worklist_id: str, record_id: str) -> Operation[MonitoringRecord]:
    """Read a record: ``GET /submission/aml/monitor/{worklistId}/{recordId}`` (vendor page MONG).

    Args:
        worklist_id: of the worklist.
        record_id: from ``monitor_add`` or from an ``aml_monitor`` webhook.

    Raises:
        FieldError: a wrong argument.
        VendorError: the call failed.
    """
    reader = Reader("aml.monitor_get")
    worklist, record = path_segment("worklist_id", worklist_id), path_segment("record_id", record_id)
    return Operation(
        name=reader.call,
        method="GET",
        path=f"/submission/aml/monitor/{worklist}/{record}",
        read=reader.value(MonitoringRecord),
        repeatable=True,
        transfer=True,
    )


def monitor_remove(worklist_id: str, record_ids: Iterable[str], *, admin: str) -> Operation[Acknowledgement]:
    """Monitor records no longer: ``DELETE /submission/aml/monitor/{worklistId}`` (vendor page MOND).

    It is not repeated on its own, since the vendor refuses a record that is gone (``invalid_record``).

    Args:
        worklist_id: of the worklist.
        record_ids: 1 to 25 of them.
        admin: the e-mail of an administrator of the project.

    Raises:
        FieldError: a wrong argument.
        VendorError: the call failed.
    """
    reader = Reader("aml.monitor_remove", writes=True)
    return Operation(
        name=reader.call,
        method="DELETE",
        path=f"/submission/aml/monitor/{path_segment('worklist_id', worklist_id)}",
        body=members_of(_REMOVE, {"record_ids": record_ids, "admin": admin}),
        read=reader.acknowledgement,
    )
