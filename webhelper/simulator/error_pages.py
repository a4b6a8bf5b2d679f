"""The error pages that the simulator can show, in one table that says which codes are documented.

The vendor documents only some codes (vendor pages ERR, RET, QS, UPD5). If a rule is documented without its
code, the row has a code of the simulator: x99xx, in the vendor's range for that kind of error, so that nobody
takes it for a documented one. In the URLs of the pages, the names ``expired-start-valid-until`` and
``token-*`` are the vendor's; all others are the simulator's.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Final, NamedTuple

from flask_babel import lazy_gettext as _

from liveform import Certainty


class Kind(StrEnum):
    """The error pages that a form URL can lead to; a tester can choose from more."""

    UNREADABLE = "unreadable-address"
    PID_MISSING = "missing-pid"
    PID_UNKNOWN = "unknown-pid"
    UNOPENED = "unopened-encrypted"
    CONFLICT = "conflicting-options"
    SID_MISSING = "missing-sid"
    SID_UNKNOWN = "unknown-sid"
    SID_UNFIT = "unfit-sid"
    NO_CREDITS = "no-credits"
    TOO_LATE = "expired-start-valid-until"
    TK_INVALID = "token-invalid"
    TK_MISSING = "token-missing"
    TK_UNREGISTERED = "token-unregistered"
    TK_EXPIRED = "token-expired"
    TK_APPROVED = "token-approved"
    TK_PENDING = "token-pending"
    TK_REJECTED = "token-rejected"


class ErrorPage(NamedTuple):
    """An error page of the vendor's form.

    Attributes:
        code: value of ``errorCode`` in the Return URL.
        status: HTTP status; 200 if the form worked and the check failed.
        text: message to the user, translated when it is shown.
        certainty: DOCUMENTED if the vendor documents the code, UNKNOWN if it is the simulator's.
    """

    code: str
    status: int
    text: Any
    certainty: Certainty

    @property
    def is_simulated(self) -> bool:
        """Whether the code is the simulator's, because the vendor's is not documented."""
        return self.certainty is not Certainty.DOCUMENTED


def _known(code: str, status: int, text: object) -> ErrorPage:
    return ErrorPage(code, status, text, Certainty.DOCUMENTED)


def _simulated(code: str, status: int, text: object) -> ErrorPage:
    return ErrorPage(code, status, text, Certainty.UNKNOWN)


ERROR_PAGES: Final[dict[str, ErrorPage]] = {
    Kind.TOO_LATE: _known("PV-40018", 410, _("The time to start this check has passed.")),
    Kind.TK_EXPIRED: _known("TK-10001", 410, _("This link has expired.")),
    "device-verification": _known("DE-20000", 403, _("This device could not be checked.")),
    "device-fingerprint": _known("DE-30000", 403, _("This device could not be recognised.")),
    "device-duplicate": _known("DE-40000", 403, _("There were too many attempts from this device.")),
    "id-liveness": _known("SE-50020", 200, _("The document could not be confirmed as an original.")),
    "selfie-liveness": _known("SE-50021", 200, _("Your face could not be confirmed as live.")),
    "face-compare": _known("SE-50022", 200, _("Your face and the document could not be matched.")),
    "korea-resident-id": _known("SE-50030", 200, _("The resident card could not be confirmed.")),
    "korea-drivers-license": _known("SE-50031", 200, _("The driver's licence could not be confirmed.")),
    "korea-passport": _known("SE-50032", 200, _("The passport could not be confirmed.")),
    "korea-alien-registration": _known("SE-50033", 200, _("The registration card could not be confirmed.")),
    "retry-ocr": _known("LO-30001", 200, _("The document could not be read, three times in a row.")),
    "retry-data": _known("LO-30002", 200, _("The data could not be processed, three times in a row.")),
    "retry-parameter": _known("LO-30003", 200, _("A required value was missing, three times in a row.")),
    "retry-request-id": _known("LO-30004", 200, _("The request id was missing, three times in a row.")),
    "retry-image": _known("LO-30005", 200, _("The photo was not clear enough, three times in a row.")),
    "retry-other": _known("LO-99999", 200, _("The same error came three times in a row.")),
    Kind.UNREADABLE: _simulated("PV-49901", 400, _("The address of this page is too long or damaged.")),
    Kind.PID_MISSING: _simulated("PV-49902", 400, _("The project id is missing from the address.")),
    Kind.PID_UNKNOWN: _simulated("PV-49903", 404, _("There is no project with this id.")),
    Kind.UNOPENED: _simulated("PV-49904", 400, _("The encrypted part of the address cannot be decrypted.")),
    Kind.CONFLICT: _simulated("PV-49905", 400, _("The address holds options that exclude each other.")),
    Kind.SID_MISSING: _simulated("PV-49906", 400, _("The id of the submission is missing.")),
    Kind.SID_UNKNOWN: _simulated("PV-49907", 404, _("There is no submission with this id.")),
    Kind.SID_UNFIT: _simulated("PV-49908", 403, _("The submission is not approved, or has no selfie.")),
    Kind.NO_CREDITS: _simulated("PV-49909", 403, _("The project has no credits left.")),
    Kind.TK_INVALID: _simulated("TK-19901", 403, _("This link is not valid.")),
    Kind.TK_APPROVED: _simulated("TK-19902", 403, _("This link was used before: you are approved.")),
    Kind.TK_PENDING: _simulated("TK-19903", 403, _("This link was used before: the check is pending.")),
    Kind.TK_MISSING: _simulated("TK-19905", 403, _("This page opens only by a link of your own.")),
    Kind.TK_UNREGISTERED: _simulated("TK-19906", 403, _("This link is not registered.")),
    Kind.TK_REJECTED: _simulated("TK-19904", 403, _("This link was used before: you were rejected.")),
}
