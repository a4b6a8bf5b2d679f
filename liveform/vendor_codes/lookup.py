"""Code -> what is known of it."""

import re
from collections.abc import Iterable
from typing import Final

from liveform.errors import shown
from liveform.parameters.model import Certainty
from liveform.vendor_codes.api_codes import API_CODES
from liveform.vendor_codes.form_codes import CODE_FAMILIES, FORM_CODES
from liveform.vendor_codes.model import CodeExplanation, CodeFamily, CodeKind
from liveform.vendor_codes.submission_codes import SUBMISSION_CODES

VENDOR_CODES: Final = (*FORM_CODES, *SUBMISSION_CODES, *API_CODES)

_NUMBERED: Final = re.compile(r"([A-Z]{2})-[0-9]{1,5}")
_UNKNOWN: Final = "liveform does not know this code; the vendor's lists grow, and are not all public."


def explain_code(code: str, kind: CodeKind | None = None) -> CodeExplanation:
    """Return what is known of a code of the vendor; every text has an explanation.

    Args:
        code: as the vendor sent it, such as ``TK-10001`` or ``expired_id``.
        kind: where it came from; None takes the first of the table, for a few codes are of two kinds.

    >>> explain_code("TK-10099").about
    'The token id is missing, has expired, or was used for a submission that is decided.'
    """
    family = _family(code) if kind in (None, CodeKind.FORM) else None
    for row in VENDOR_CODES:
        if row.code == code and kind in (None, row.kind):
            to_user = row.to_user or ("" if family is None else family.to_user)
            return CodeExplanation(*row._replace(to_user=to_user), is_known=True)
    if family is None:
        return CodeExplanation(shown(code), kind, _UNKNOWN, None, "", Certainty.UNKNOWN, "", is_known=False)
    _, about, actor, to_user = family
    return CodeExplanation(
        code, CodeKind.FORM, about, actor, "ERR", Certainty.INFERRED, to_user, is_known=False
    )


def explain_codes(codes: Iterable[str], kind: CodeKind) -> tuple[CodeExplanation, ...]:
    """Return what is known of each of the codes, which are all of one kind."""
    return tuple(explain_code(code, kind) for code in codes)


def _family(code: object) -> CodeFamily | None:
    numbered = _NUMBERED.fullmatch(code) if isinstance(code, str) else None
    prefix = None if numbered is None else numbered[1]
    return next((family for family in CODE_FAMILIES if family.prefix == prefix), None)
