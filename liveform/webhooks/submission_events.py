"""The events of a submission's life: created, retry, submit, approved, rejected, updated, delete."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Final

from liveform.returns import KycStatus
from liveform.vendor_codes import CodeExplanation, CodeKind, explain_codes
from liveform.vendor_values import VendorValue
from liveform.webhooks.event import Event

_OUTCOMES: Final = {status.value: status for status in KycStatus}


def outcome_of(status: str | None) -> KycStatus | None:
    """Return what a status says; None for ``incomplete``, another text, or none."""
    return None if status is None else _OUTCOMES.get(status)


class KycResult(VendorValue, frozen=True, kw_only=True, rename={"comment_code": "commentCode"}):
    """The result inside an event.

    Attributes:
        status: ``incomplete``, ``pending``, ``approved`` or ``rejected``; an open set (W-retry).
        comment, comment_code: why it was rejected. One text comes as a tuple of one (W-rejected).
        created_at, updated_at, pending_at, kyc_result_at: times, as the vendor's text.
        reviewer: ``system`` or a person.
    """

    status: str | None = None
    comment: tuple[str, ...] = ()
    comment_code: tuple[str, ...] = ()
    created_at: str | None = None
    updated_at: str | None = None
    pending_at: str | None = None
    kyc_result_at: str | None = None
    reviewer: str | None = None

    shown: ClassVar[tuple[str, ...]] = ("status",)
    aliases: ClassVar[Mapping[str, str]] = MappingProxyType({"update_at": "updated_at"})


class AttemptEvent(
    Event, frozen=True, kw_only=True, rename={"ip_address": "ipAddress", "retry_code": "retryCode"}
):
    """What ``created`` and ``retry`` share (W-retry).

    Attributes:
        ip_address: of the person.
        kyc_result: with the status ``incomplete`` alone.
        retry_code: why there was a retry; an open set. In ``created`` only if it was one.
        attempts: how many there have been; in ``created`` only if it was a retry.
    """

    ip_address: str | None = None
    kyc_result: KycResult | None = None
    retry_code: str | None = None
    attempts: int | None = None

    @property
    def explanations(self) -> tuple[CodeExplanation, ...]:
        """What is known of the retry code."""
        return () if self.retry_code is None else explain_codes([self.retry_code], CodeKind.RETRY)


class CreatedEvent(AttemptEvent, frozen=True, kw_only=True):
    """``created``: somebody began, and there is a submission now (W-retry)."""


class RetryEvent(AttemptEvent, frozen=True, kw_only=True):
    """``retry``: the person had to try again (W-retry)."""

    def _moment(self) -> object:
        return self.attempts


class SubmitEvent(Event, frozen=True, kw_only=True, rename={"ip_address": "ipAddress"}):
    """``submit``: a submission waits for a review; a direct decision sends none (W-submit).

    Attributes:
        created_at: the event's time, as the vendor's text.
        ip_address: of the person.
        duplicated_information: what the vendor says of an equal submission.
    """

    created_at: str | None = None
    ip_address: str | None = None
    duplicated_information: str | None = None

    @property
    def outcome(self) -> KycStatus:
        """Pending: the vendor sends the event for nothing else."""
        return KycStatus.PENDING

    def _time(self) -> str | None:
        return self.created_at


class PersonEvent(
    Event,
    frozen=True,
    kw_only=True,
    rename={"phone_number": "phoneNumber", "ssn_number": "ssnNumber"},
):
    """What ``approved`` and ``updated`` say of the person. A projection takes members away (PRJO).

    Attributes:
        age_group: ``minor``, ``early-teen``, ``teen``, ``adult`` or ``N/A``.
        gender, date_of_birth, nationality: as the document says.
        full_name, full_name_en, first_name, last_name: the name; ``fullName`` in older events.
        phone_number, ssn_number: of the Knowledge form.
        duplicated_information: what the vendor says of an equal submission.
    """

    age_group: str | None = None
    gender: str | None = None
    date_of_birth: str | None = None
    nationality: str | None = None
    full_name: str | None = None
    full_name_en: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    phone_number: str | None = None
    ssn_number: str | None = None
    duplicated_information: str | None = None

    aliases: ClassVar[Mapping[str, str]] = MappingProxyType({**Event.aliases, "fullName": "full_name"})


class AdditionalAnswer(
    VendorValue, frozen=True, kw_only=True, rename={"input_value": "inputValue", "block_type": "blockType"}
):
    """The answer to an additional question of the form (W-approved).

    Attributes:
        answer, input_value: what was chosen, and what was typed; any JSON.
        block_type: the kind of question.
    """

    answer: Any = None
    input_value: Any = None
    block_type: str | None = None


class ApprovedEvent(
    PersonEvent,
    frozen=True,
    kw_only=True,
    rename={
        "ip_address": "ipAddress",
        "id_type": "idType",
        "issuing_country": "issuingCountry",
        "issue_date": "issueDate",
        "expire_date": "expireDate",
        "identity_number": "identityNumber",
        "document_number": "documentNumber",
    },
):
    """``approved``: a submission was approved (W-approved).

    Attributes:
        kyc_result: status, times and reviewer.
        applicant_id: the same for equal persons, as the vendor counts them (GETA).
        additional_list: answers to additional questions.
        ip_address, id_type, issuing_country, issue_date, expire_date, identity_number, document_number: of
            the document; in older events only.
    """

    kyc_result: KycResult | None = None
    applicant_id: str | None = None
    additional_list: tuple[AdditionalAnswer, ...] = ()
    ip_address: str | None = None
    id_type: str | None = None
    issuing_country: str | None = None
    issue_date: str | None = None
    expire_date: str | None = None
    identity_number: str | None = None
    document_number: str | None = None

    @property
    def outcome(self) -> KycStatus | None:
        """Approved; None if the result inside has another status."""
        return _decided(self.trigger, self.kyc_result)

    def _time(self) -> str | None:
        return _time_of(self.kyc_result)


class RejectedEvent(Event, frozen=True, kw_only=True, rename={"ip_address": "ipAddress"}):
    """``rejected``: a submission was rejected, also one that was never finished (W-rejected).

    Attributes:
        kyc_result: status, comment, code and time.
        applicant_id, ip_address, duplicated_information: as in ``ApprovedEvent``.
    """

    kyc_result: KycResult | None = None
    applicant_id: str | None = None
    ip_address: str | None = None
    duplicated_information: str | None = None

    @property
    def outcome(self) -> KycStatus | None:
        """Rejected; None if the result inside has another status."""
        return _decided(self.trigger, self.kyc_result)

    @property
    def explanations(self) -> tuple[CodeExplanation, ...]:
        """What is known of each code of the rejection."""
        return explain_codes(() if self.kyc_result is None else self.kyc_result.comment_code, CodeKind.REJECT)

    def _time(self) -> str | None:
        return _time_of(self.kyc_result)


class Update(VendorValue, frozen=True, kw_only=True):
    """What was updated (W-updated).

    Attributes:
        update: the names of the members that changed, such as ``kycStatus``, ``fullName``, ``first_name``.
        kyc_result: the status.
        pending_at: a time, as the vendor's text.
        reviewer: ``system`` or a person.
    """

    update: tuple[str, ...] = ()
    kyc_result: str | None = None
    pending_at: str | None = None
    reviewer: str | None = None

    shown: ClassVar[tuple[str, ...]] = ("update", "kyc_result")


class UpdatedEvent(PersonEvent, frozen=True, kw_only=True):
    """``updated``: an administrator or the API changed a submission (W-updated).

    Attributes:
        data: what changed, and the status.
        admin: who changed it.
        update_time: the event's time, as the vendor's text.
    """

    data: Update | None = None
    admin: str | None = None
    update_time: str | None = None

    @property
    def outcome(self) -> KycStatus | None:
        """What ``data.kyc_result`` says."""
        return None if self.data is None else outcome_of(self.data.kyc_result)

    def _time(self) -> str | None:
        return self.update_time


class DeleteEvent(Event, frozen=True, kw_only=True):
    """``delete``: a submission was deleted; the API sends it only if ``admin_name`` was given (W-delete).

    Attributes:
        account_email: who deleted it.
        delete_time: the event's time, as the vendor's text.
        comment: why.
        duplicated_information: as in ``ApprovedEvent``.
    """

    account_email: str | None = None
    delete_time: str | None = None
    comment: str | None = None
    duplicated_information: str | None = None

    def _time(self) -> str | None:
        return self.delete_time


def _decided(trigger: str, result: KycResult | None) -> KycStatus | None:
    status = None if result is None else result.status
    return outcome_of(trigger) if status in (None, trigger) else None


def _time_of(result: KycResult | None) -> str | None:
    return None if result is None else result.updated_at or result.kyc_result_at
