"""``liveform store erase``: one user, here and at the vendor, and a receipt that does not name the user."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from liveform import FieldError
from liveform.cli.inputs import read_stdin
from webhelper.commands.moments import as_text
from webhelper.commands.output import facts
from webhelper.confirmation.vendor_erasure import erase_at_vendor
from webhelper.links import purging

if TYPE_CHECKING:
    from collections.abc import Sequence

    from webhelper.commands.call import Call
    from webhelper.links.stores.upkeep import KnownSubmission

_STDIN: Final = "-"
_NOTHING: Final = "nothing was found under this user id; is it spelt exactly so?"


def erase(call: Call) -> int:
    """Erase what is kept of a user.

    Exit code 1, and nothing erased here, if the vendor did not erase all. Exit code 1 too, with the receipt,
    if there are rows that no key of the settings opens, for they may be the user's.

    Raises:
        FieldError: ``--yes`` is missing, or the user id is empty, or has more lines or white space around it.
        MalformedError: standard input is not UTF-8, or too large.
        ConfigError: a project has no API key for ``--at-vendor``.
    """
    userid = _userid(call)
    upkeep = call.services.links.store.upkeep
    known = upkeep.submissions_of(userid)
    tied = [one for one in known if not one.is_claimed]
    receipt: dict[str, Any] = {"erased_at": as_text(call.now)}
    if call.arguments.at_vendor:
        done = erase_at_vendor(
            call.services.vendor_api, tied, userid=userid, admin_name=call.arguments.admin_name
        )
        if done.failed:
            return _say_what_failed(call, done.failed)
        receipt |= {"erased_at_vendor": done.erased} | _unless_empty("left_at_vendor", done.left)
    else:
        receipt["left_at_vendor"] = [one.id for one in tied]
    receipt |= _unless_empty("only_claimed", _claimed(known))
    erased = purging.erase(upkeep, userid)
    receipt |= erased._asdict()
    missing = {"unknown" if key is None else key.hex(): count for key, count in upkeep.unreadable().items()}
    nothing = [] if known or any(erased) else [_NOTHING]
    for line in [*facts(receipt), *nothing, *_what_is_missing(missing)]:
        call.output.line(line)
    call.output.document(receipt | ({"unreadable": missing} if missing else {}))
    return 1 if missing else 0


def _userid(call: Call) -> str:
    if not call.arguments.yes:
        raise FieldError("--yes", "is needed: what is erased cannot be brought back")
    given = str(call.arguments.userid)
    userid = _from_stdin() if given == _STDIN else given
    if not userid:
        raise FieldError("--userid", "must not be empty")
    return userid


def _from_stdin() -> str:
    """Return standard input without a byte order mark and the end of its line."""
    userid = read_stdin().removesuffix("\n").removesuffix("\r")
    if len(userid.splitlines()) > 1:
        raise FieldError("--userid", "standard input has several lines; it must have one user id")
    if userid != userid.strip():
        problem = "standard input has white space around the user id; remove it, or give an id with it as ID"
        raise FieldError("--userid", problem)
    return userid


def _claimed(known: Sequence[KnownSubmission]) -> list[str]:
    """Return the ids that only returns named, which are left wherever they are: they may be anybody's."""
    tied = {one.id for one in known if not one.is_claimed}
    return list(dict.fromkeys(one.id for one in known if one.id not in tied))


def _unless_empty(name: str, ids: Sequence[str]) -> dict[str, Sequence[str]]:
    return {name: ids} if ids else {}


def _what_is_missing(keys: dict[str, int]) -> list[str]:
    lines = [f"{count:,} rows of the key {key} cannot be read" for key, count in keys.items()]
    if lines:
        lines.append("THIS IS NOT COMPLETE: put the key into SECRET_KEYS, run")
        lines.append("`liveform store reseal`, and erase again")
    return lines


def _say_what_failed(call: Call, failed: dict[str, str]) -> int:
    for submission_id, code in failed.items():
        call.output.line(f"the vendor did not erase {submission_id}: {code}")
    call.output.line("nothing was erased here; try again")
    call.output.document({"failed_at_vendor": failed})
    return 1
