"""The other events: injections, AML, tokens, FaceAuth, and triggers that liveform does not know."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Final, Self

import msgspec

from liveform.returns import KycStatus  # noqa: TC001 - for hints at run time
from liveform.vendor_codes import CodeExplanation, CodeKind, explain_codes
from liveform.vendor_values import VendorValue, checked_members
from liveform.webhooks.event import TRIGGER, Event
from liveform.webhooks.submission_events import outcome_of

_MISSPELT: Final = {"blackliskCountries": "blacklistCountries"}  # W-injection writes it so


class InjectionAction(VendorValue, frozen=True, kw_only=True, rename={"fail_code": "failCode"}):
    """What was added to a submission (INJ).

    Attributes:
        type: such as ``address``.
        created_at: the event's time, as the vendor's text.
        fail_code: why it was refused, as the vendor writes it; ``fail_codes`` of the event corrects it.
    """

    type: str | None = None
    created_at: str | None = None
    fail_code: tuple[str, ...] = ()

    shown: ClassVar[tuple[str, ...]] = ("type", "fail_code")


class InjectionReport(Event, frozen=True, kw_only=True):
    """What ``injection`` and ``injectionFail`` share (W-injection).

    Attributes:
        kyc_status: the status of the submission.
        applicant_id, duplicated_information: as in ``ApprovedEvent``.
        action: what was added, and when.
    """

    kyc_status: str | None = None
    applicant_id: str | None = None
    duplicated_information: str | None = None
    action: InjectionAction | None = None

    @property
    def outcome(self) -> KycStatus | None:
        """What ``kyc_status`` says."""
        return outcome_of(self.kyc_status)

    def _time(self) -> str | None:
        return None if self.action is None else self.action.created_at

    def _moment(self) -> object:
        if self.action is None or not self.action.created_at:
            return None
        return [self.action.created_at, self.action.type]  # the time has no part of a second


class InjectionEvent(InjectionReport, frozen=True, kw_only=True):
    """``injection``: data was added to a submission (W-injection)."""


class InjectionFailEvent(InjectionReport, frozen=True, kw_only=True, rename={"fail_code": "failCode"}):
    """``injectionFail``: data was not added to a submission (W-injection).

    Attributes:
        fail_code: the codes, if they are beside ``action``.
    """

    fail_code: tuple[str, ...] = ()

    @property
    def fail_codes(self) -> tuple[str, ...]:
        """Why: ``ipRisk_failCategory``, ``distanceChecks_ipGeo``, ``blacklistCountries``; an open set.

        The vendor writes ``blackliskCountries``, which reads ``blacklistCountries`` here.
        """
        codes = (() if self.action is None else self.action.fail_code) or self.fail_code
        return tuple(_MISSPELT.get(code, code) for code in codes)

    @property
    def explanations(self) -> tuple[CodeExplanation, ...]:
        """What is known of each fail code."""
        return explain_codes(self.fail_codes, CodeKind.INJECTION)


class AmlResult(VendorValue, frozen=True, kw_only=True, rename={"current_status": "currentstatus"}):
    """The result of a watch-list search (W-aml-result).

    Attributes:
        current_status: ``Not Screened``, ``Red Flag``; an open set.
        risk_level_summary: ``Not Screened``, ``HIGH``, ``MEDIUM``, ``LOW``; an open set.
    """

    current_status: str | None = None
    risk_level_summary: str | None = None

    shown: ClassVar[tuple[str, ...]] = ("current_status", "risk_level_summary")


class AmlEvent(Event, frozen=True, kw_only=True):
    """``aml``: an approved person was searched for in watch lists (W-aml-result).

    Attributes:
        aml_result: what was found.
        duplicated_information: as in ``ApprovedEvent``.
    """

    aml_result: AmlResult | None = None
    duplicated_information: str | None = None


class MonitorRecord(
    VendorValue, frozen=True, kw_only=True, rename={"record_id": "recordId", "worklist_id": "worklistId"}
):
    """A person in a monitored list (W-aml-ongoing-result).

    Attributes:
        record_id, worklist_id: what the API asks for (MONG).
        created_at: a time, as the vendor's text.
    """

    record_id: str | None = None
    worklist_id: str | None = None
    created_at: str | None = None

    shown: ClassVar[tuple[str, ...]] = ("record_id", "worklist_id")


class AmlMonitorEvent(Event, frozen=True, kw_only=True):
    """``aml_monitor``: records of a monitored list are new, or were looked at again (W-aml-ongoing-result).

    Attributes:
        records: which; what was found is asked for by the API.
    """

    records: tuple[MonitorRecord, ...] = ()

    def _time(self) -> str | None:
        return max((record.created_at for record in self.records if record.created_at), default=None)

    def _moment(self) -> object:
        seen = [(one.record_id, one.worklist_id or "", one.created_at) for one in self.records]
        return None if not seen or not all(one[0] and one[2] for one in seen) else sorted(seen)


class TokenExpiredEvent(Event, frozen=True, kw_only=True):
    """``token_expired``: a token id was used up or its time is over; it names no submission (W-token).

    One token id can send two events, for the ID check and for FaceAuth find out separately (WFT).

    Attributes:
        expired_condition: ``count`` or ``time``.
        service: ``idCheck`` or ``faceAuth``.
        expired_at: when it was used up, as the vendor's text; with ``count`` only.
        expected_expired_at: when its time was over; with ``time`` only.
    """

    expired_condition: str | None = None
    service: str | None = None
    expired_at: str | None = None
    expected_expired_at: str | None = None

    def _ids(self) -> tuple[str | None, ...]:
        return (self.token_id, self.service or "-")

    def _time(self) -> str | None:
        return self.expired_at or self.expected_expired_at


class FaceAuthEvent(Event, frozen=True, kw_only=True):
    """``faceAuth``: somebody was compared with an approved submission (WFA). The outcome is not a KYC status.

    Three revisions of the event exist; names are read in any case. ``email``, ``userid``, ``cf1`` to ``cf3``
    are those of the submission, which the oldest revision does not have.

    Attributes:
        authentication_id: the vendor's id of the comparison; ``auth_id`` in older events.
        auth_status: ``approved`` or ``rejected``.
        create_time: the event's time, as the vendor's text.
        auth_userid, auth_cf1, auth_cf2, auth_cf3: what the URL of the FaceAuth form carried.
    """

    authentication_id: str | None = None
    auth_status: str | None = None
    create_time: str | None = None
    auth_userid: str | None = None
    auth_cf1: str | None = None
    auth_cf2: str | None = None
    auth_cf3: str | None = None

    aliases: ClassVar[Mapping[str, str]] = MappingProxyType(
        {
            **Event.aliases,
            "tokenid": "tokenId",
            "auth_id": "authentication_id",
            "user_id": "auth_userid",
            "auth_user_id": "auth_userid",
        }
    )

    @classmethod
    def read(cls, members: Mapping[str, Any]) -> Self:
        """Return the event that the members of a decoded body describe. Nothing in them is an error."""
        members = checked_members(members)
        event = super().read(_face_auth_members(members))
        msgspec.structs.force_setattr(event, "raw", members)
        return event

    def _ids(self) -> tuple[str | None, ...]:
        return (self.submission_id, self.authentication_id)

    def _time(self) -> str | None:
        return self.create_time


def _face_auth_members(members: Mapping[str, Any]) -> dict[str, Any]:
    """All members on one level, in lower case; what the form's URL carried has ``auth_`` in front."""
    top = _lower(members)
    data = _lower(top.pop("data", None))
    reference = _lower(data.pop("reference", None))
    for name in ("cf1", "cf2", "cf3"):
        if name in data:
            data.setdefault(f"auth_{name}", data.pop(name))
    reference["cf"] = _lower(reference.get("cf"))
    return {**reference, **data, **top, TRIGGER: members.get(TRIGGER, "")}


def _lower(members: object) -> dict[str, Any]:
    given = members.items() if isinstance(members, dict) else ()
    return {name.lower(): value for name, value in given if isinstance(name, str)}


class UnknownEvent(Event, frozen=True, kw_only=True):
    """An event of a trigger that liveform does not know; ``raw`` has all of it."""
