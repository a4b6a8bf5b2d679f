"""What the table of vendor codes says of a code."""

from enum import StrEnum
from typing import NamedTuple

from liveform.parameters.model import Certainty


class CodeKind(StrEnum):
    """Where a code comes from."""

    FORM = "form"  # errorCode of a Return URL, or the name of an error page (ERR, RET)
    REJECT = "reject"  # kyc.commentCode, kyc_result.commentCode (REJ)
    RETRY = "retry"  # retryCode of the retry webhook, kyc.attempts (W-retry)
    FACE_AUTH = "face_auth"  # fail_code of a face authentication (FAP)
    INJECTION = "injection"  # failCode of the injectionFail webhook (W-injection)
    API = "api"  # errorCode in an error answer of the REST API


class Actor(StrEnum):
    """Who can do something about a code."""

    USER = "user"  # the person who is checked
    SITE = "site"  # the site that sent the user or the request
    ARGOS = "argos"  # the vendor


class VendorCode(NamedTuple):
    """One code of the vendor.

    Attributes:
        code: as the vendor writes it; upper and lower case differ.
        kind: where it comes from. The same code may be in the table once for each kind.
        about: what it means, in one sentence.
        actor: who can do something about it.
        source: the vendor's pages that list it.
        certainty: DOCUMENTED if the vendor says what it means; INFERRED if the vendor lists the code and the
            meaning is read from its name.
        to_user: a sentence for the user, if there is a better one than that of the code's family.
    """

    code: str
    kind: CodeKind
    about: str
    actor: Actor
    source: str
    certainty: Certainty
    to_user: str = ""


class CodeFamily(NamedTuple):
    """The form codes that begin with the same two letters, such as ``TK-10001`` (ERR).

    Attributes:
        prefix: the two letters.
        about: what the codes have in common.
        actor: who can do something about most of them.
        to_user: a sentence for the user; empty if there is none.
    """

    prefix: str
    about: str
    actor: Actor
    to_user: str = ""


class CodeExplanation(NamedTuple):
    """What is known of a code.

    Attributes:
        code: the code, shortened to 40 printable ASCII characters.
        kind: where it comes from; None if that is not known.
        about, actor, source, certainty, to_user: as in ``VendorCode``. The actor of an unknown code is None.
        is_known: whether the code itself is in the table; else the text is that of its family, or a general
            one.
    """

    code: str
    kind: CodeKind | None
    about: str
    actor: Actor | None
    source: str
    certainty: Certainty
    to_user: str
    is_known: bool
