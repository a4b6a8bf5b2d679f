"""Typed answers about screenings for money laundering (AML) and about monitoring."""

from typing import Any, ClassVar

from liveform.vendor_values import VendorValue


class AmlResult(VendorValue, frozen=True, kw_only=True):
    """What a screening found (gitbook page post-aml).

    Attributes:
        message: the vendor's text.
        result: as it came; the page does not list its values.
        raw_data: what the source of the lists said; an object of any members.
    """

    message: str | None = None
    result: Any = None
    raw_data: Any = None


class MonitoredSubmission(
    VendorValue,
    frozen=True,
    kw_only=True,
    rename={"submission_id": "submissionId", "record_ids": "recordIds"},
):
    """One submission of a request to monitor (vendor page MONP).

    Attributes:
        record_ids: what ``aml.monitor_get`` and ``aml.monitor_remove`` take.
        status, error: as they came.
    """

    submission_id: str | None = None
    record_ids: tuple[str, ...] = ()
    status: Any = None
    error: Any = None

    shown: ClassVar[tuple[str, ...]] = ("submission_id", "record_ids")


class MonitoringResult(
    VendorValue,
    frozen=True,
    kw_only=True,
    rename={
        "success_count": "successCount",
        "failed_count": "failedCount",
        "successes": "successResults",
        "failures": "failedResults",
    },
):
    """Which submissions are monitored now, and which are not (vendor page MONP)."""

    success: bool | None = None
    success_count: int | None = None
    failed_count: int | None = None
    successes: tuple[MonitoredSubmission, ...] = ()
    failures: tuple[MonitoredSubmission, ...] = ()

    shown: ClassVar[tuple[str, ...]] = ("success", "success_count", "failed_count")


class MonitoringRecord(
    VendorValue,
    frozen=True,
    kw_only=True,
    rename={
        "record_id": "id",
        "submission_id": "submissionId",
        "date_of_birth": "dob",
        "updated_at": "updateTime",
        "open_count": "openCount",
        "false_positive_count": "falsePositiveCount",
        "true_positive_count": "truePositiveCount",
        "discarded_count": "discardedCount",
    },
):
    """A person who is monitored (vendor page MONG).

    Attributes:
        status: such as ``screenedNoMatches``; an open set.
        open_count: the matches that nobody has judged.
        false_positive_count, true_positive_count, discarded_count: those that somebody has.
        updated_at: ISO 8601, as the vendor wrote it.
    """

    record_id: str | None = None
    submission_id: str | None = None
    status: str | None = None
    name: str | None = None
    nationality: str | None = None
    date_of_birth: str | None = None
    email: str | None = None
    memo: Any = None
    tags: tuple[str, ...] = ()
    admin: str | None = None
    updated_at: str | None = None
    open_count: int | None = None
    false_positive_count: int | None = None
    true_positive_count: int | None = None
    discarded_count: int | None = None

    shown: ClassVar[tuple[str, ...]] = ("record_id", "submission_id", "status", "open_count")
