"""Typed answers about the settings of a project (vendor page SET)."""

from typing import Any, ClassVar

from liveform.vendor_values import VendorValue


class ReturnConfig(
    VendorValue,
    frozen=True,
    kw_only=True,
    rename={
        "kyc_status": "kycStatus",
        "submission_id": "submissionId",
        "user_id": "userId",
        "skip_result_page": "skipResultPage",
        "is_encrypted": "isEncrypted",
    },
):
    """What a Return URL carries, and how: the member ``formReturnUrlConfig``.

    Attributes:
        cf1, cf2, cf3, email, kyc_status, submission_id: whether the Return URL has that field.
        user_id: whether it has ``userid``, which the settings spell ``userId``.
        skip_result_page: whether the form skips its own result page.
        is_encrypted: whether the fields come encrypted.
    """

    cf1: bool | None = None
    cf2: bool | None = None
    cf3: bool | None = None
    email: bool | None = None
    kyc_status: bool | None = None
    submission_id: bool | None = None
    user_id: bool | None = None
    skip_result_page: bool | None = None
    is_encrypted: bool | None = None

    shown: ClassVar[tuple[str, ...]] = (
        "cf1",
        "cf2",
        "cf3",
        "email",
        "kyc_status",
        "submission_id",
        "user_id",
        "skip_result_page",
        "is_encrypted",
    )


class IpWhitelist(VendorValue, frozen=True, kw_only=True):
    """The addresses that may use the dashboard (``admin``) and the API (``api``); entries as they came."""

    admin: tuple[Any, ...] = ()
    api: tuple[Any, ...] = ()


class WebhookSettings(VendorValue, frozen=True, kw_only=True, rename={"created_at": "createTime"}):
    """Where webhooks go.

    Attributes:
        url: the address that receives them.
        created_at: ISO 8601, as the vendor wrote it.
        members: who gets the daily report by e-mail, as they came.
    """

    url: str | None = None
    created_at: str | None = None
    members: tuple[Any, ...] = ()


class ActivateBlocking(VendorValue, frozen=True, kw_only=True):
    """Whether blocking is switched on; the name of its other member, a time, is not readable on the page."""

    activate: bool | None = None

    shown: ClassVar[tuple[str, ...]] = ("activate",)


class ProjectSettings(
    VendorValue,
    frozen=True,
    kw_only=True,
    rename={
        "status": "projectStatus",
        "return_url": "formReturnUrl",
        "return_config": "formReturnUrlConfig",
        "privacy_policy_url": "formPrivacyPolicyUrl",
        "terms_of_use_url": "formTermsOfUseUrl",
        "ip_whitelist": "ipWhitelist",
        "activate_blocking": "activateBlocking",
    },
):
    """The settings of a project: the category ``management``.

    Attributes:
        name, description: of the project.
        status: such as ``open``; an open set.
        admins: the e-mails of the administrators.
        return_url: where the form sends the customer's browser at the end.
        return_config: what it carries.
        privacy_policy_url, terms_of_use_url: the legal notices of the form.
        ip_whitelist: the addresses that may use dashboard and API.
        webhook: where webhooks go.
        activate_blocking: whether submissions are blocked.
    """

    name: str | None = None
    description: str | None = None
    status: str | None = None
    admins: tuple[str, ...] = ()
    return_url: str | None = None
    return_config: ReturnConfig | None = None
    privacy_policy_url: str | None = None
    terms_of_use_url: str | None = None
    ip_whitelist: IpWhitelist | None = None
    webhook: WebhookSettings | None = None
    activate_blocking: ActivateBlocking | None = None

    shown: ClassVar[tuple[str, ...]] = ("name", "status", "return_config")
