"""``liveform store purge``, ``keys``, ``reseal`` and ``erase``: what every store can be asked to do."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final

from liveform import ConfigError, FieldError, VendorError
from webhelper.commands.moments import as_text
from webhelper.commands.output import facts, table
from webhelper.links import purging

if TYPE_CHECKING:
    from collections.abc import Sequence

    from webhelper.commands.call import Call
    from webhelper.links.stores.upkeep import KeyUse

_HEADER: Final = ("key", "place in SECRET_KEYS", "rows", "links", "needed")
_STDIN: Final = "-"
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


def purge(call: Call) -> int:
    """Delete what has been kept for long enough, and say how many rows that were."""
    deleted = purging.purge(call.services.links.store.upkeep, now=call.now)
    call.output.line(f"{deleted:,} rows deleted")
    call.output.document({"deleted": deleted})
    return 0


def keys(call: Call) -> int:
    """Print what still needs each key; exit code 1 if a key that is needed is not in the settings."""
    found = call.services.links.store.upkeep.keys(now=call.now)
    for line in [*table(_HEADER, [_row(one) for one in found]), *_advice(found)]:
        call.output.line(line)
    call.output.document({"keys": [_members(one) for one in found]})
    return 1 if any(one.place is None and one.is_needed for one in found) else 0


def _row(use: KeyUse) -> tuple[object, ...]:
    place = "not there" if use.place is None else use.place + 1
    needed = "yes" if use.is_needed or use.place == 0 else "no"
    return (_name(use), place, f"{use.rows:,}", f"{use.links:,}", needed)


def _name(use: KeyUse) -> str:
    return use.key_id.hex() if use.key_id else "unknown"


def _members(use: KeyUse) -> dict[str, Any]:
    return {
        "key": _name(use),
        "place": None if use.place is None else use.place + 1,
        "rows": use.rows,
        "links": use.links,
        "needed": use.is_needed or use.place == 0,
    }


def _advice(found: Sequence[KeyUse]) -> list[str]:
    """Return what to do about the keys, in words."""
    lines = []
    if any(one.rows for one in found if one.place):
        lines.append("`liveform store reseal` encrypts the rows of older keys with the newest")
    if any(one.links for one in found if one.place):
        lines.append("addresses and codes of links that an older key signed need it until they expire")
    if any(one.is_needed for one in found if one.place is None):
        lines.append("what a key that is not in SECRET_KEYS encrypted cannot be read")
    return lines


def reseal(call: Call) -> int:
    """Encrypt everything anew with the newest key, and say how many rows that were."""
    done = purging.reseal(call.services.links.store.upkeep)
    call.output.line(f"{done:,} rows encrypted anew")
    call.output.document({"resealed": done})
    return 0


def erase(call: Call) -> int:
    """Erase what is kept of a user; exit code 1, and nothing erased here, if the vendor did not erase all.

    Raises:
        FieldError: ``--yes`` is missing, or the user id is empty.
        ConfigError: a project has no API key for ``--at-vendor``.
    """
    if not call.arguments.yes:
        raise FieldError("--yes", "is needed: what is erased cannot be brought back")
    userid = sys.stdin.readline().rstrip("\n") if call.arguments.userid == _STDIN else call.arguments.userid
    if not userid:
        raise FieldError("--userid", "must not be empty")
    upkeep = call.services.links.store.upkeep
    submissions = upkeep.submissions_of(userid)
    receipt: dict[str, Any] = {"erased_at": as_text(call.now)}
    failed: dict[str, str] = {}
    if call.arguments.at_vendor:
        failed = _erase_at_vendor(call, submissions)
        receipt["erased_at_vendor"] = len(submissions) - len(failed)
    else:
        receipt["left_at_vendor"] = [submission_id for _, submission_id in submissions]
    if failed:
        return _say_what_failed(call, failed)
    receipt |= upkeep.erase(userid)._asdict()
    for line in facts(receipt):
        call.output.line(line)
    call.output.document(receipt)
    return 0


def _erase_at_vendor(call: Call, submissions: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Erase the personal parts of submissions, and return the codes of what failed, by submission."""
    api = call.services.vendor_api
    mute = sorted({project for project, _ in submissions if not api.can_ask(project)})
    if mute:
        raise ConfigError(*((f"PROJECTS.{project}", "needs an api_key for --at-vendor") for project in mute))
    failed = {}
    for project, submission_id in submissions:
        try:
            api.client(project).submissions.erase(
                submission_id, _PERSONAL, admin_name=call.arguments.admin_name, erase_all_data=True
            )
        except VendorError as error:
            if _GONE not in error.problem:
                failed[submission_id] = error.code
    return failed


def _say_what_failed(call: Call, failed: dict[str, str]) -> int:
    for submission_id, code in failed.items():
        call.output.line(f"the vendor did not erase {submission_id}: {code}")
    call.output.line("nothing was erased here; try again")
    call.output.document({"failed_at_vendor": failed})
    return 1
