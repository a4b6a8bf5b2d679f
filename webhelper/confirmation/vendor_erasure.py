"""Erase the personal parts of one user's submissions at the vendor, each after a look at whose it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from liveform import ConfigError, VendorError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from liveform.rest import Submission
    from webhelper.confirmation.asking import VendorApi
    from webhelper.links.stores.upkeep import KnownSubmission

_NOT_FOUND: Final = "not_found"
_GONE: Final = "not Exist Submission ID"  # vendor-api row 3.14
# What the vendor calls the personal parts of a submission; vendor-api row 3.17.
_PERSONAL: Final = (
    "id_image",
    "selfie_image",
    "data",
    "OCR_raw",
    "ocr",
    "email",
    "userid",
    "additional_list",
    "duplicated_information",
    "custom_duplicated_information",
)


class VendorErasure(NamedTuple):
    """What became of the submissions of a user at the vendor.

    Attributes:
        erased: how many have no personal part there any more.
        left: ids of those that are another user's by what the vendor says now. They were not touched.
        failed: the code of what failed, by submission id.
    """

    erased: int
    left: Sequence[str]
    failed: dict[str, str]


def erase_at_vendor(
    api: VendorApi, submissions: Sequence[KnownSubmission], *, userid: str, admin_name: str | None
) -> VendorErasure:
    """Erase the personal parts of submissions that the vendor itself says are of this user.

    Args:
        api: reads each submission before it erases.
        submissions: that the vendor tied to visits of the user.
        userid: of the user.
        admin_name: who erases; without it the vendor sends no webhook.

    Raises:
        ConfigError: a project has no API key; nothing was erased.
    """
    mute = sorted({one.project for one in submissions if not api.can_ask(one.project)})
    if mute:
        raise ConfigError(*((f"PROJECTS.{project}", "needs an api_key for --at-vendor") for project in mute))
    left, failed = [], {}
    for one in submissions:
        try:
            if not _erase(api, one, userid, admin_name):
                left.append(one.id)
        except VendorError as error:
            failed[one.id] = error.code
    return VendorErasure(len(submissions) - len(left) - len(failed), left, failed)


def _erase(api: VendorApi, known: KnownSubmission, userid: str, admin_name: str | None) -> bool:
    """Return whether a submission has no personal part any more; False if it is another user's."""
    submissions = api.client(known.project).submissions
    try:
        submission = submissions.get(known.id)
        if _names_nobody(submission):
            return True
        if not api.is_of_user(known, submission, userid=userid):
            return False
        submissions.erase(known.id, _PERSONAL, admin_name=admin_name, erase_all_data=True)
    except VendorError as error:
        if error.code != _NOT_FOUND and _GONE not in error.problem:
            raise
    return True


def _names_nobody(submission: Submission) -> bool:
    """Whether the personal parts were erased before; the ID type may stay (vendor-api row 3.15)."""
    data = submission.raw.get("data") or {}
    return not (submission.userid or submission.email or data.keys() - {"idType"})
