"""The errors that the web helper adds to liveform's tree.

LiveformError
├─ SetupError
│  └─ NotKeptError           the store of this site does not keep what the request needs
├─ UntrustedInputError
│  ├─ ApiTokenError          the API token is missing or unknown
│  ├─ ScopeError             the API token is known, but may not do this
│  ├─ TooManyRequestsError   somebody did this too often just now
│  ├─ CrossSiteError         another site's page sent the request
│  ├─ UnknownLinkError       the link is not, or no longer, in the store
│  ├─ UnknownEventError      the inbox has no webhook of this number
│  ├─ UnknownVisitError      the visit is not, or no longer, in the store
│  ├─ KeyReusedError         the Idempotency-Key was used for another request
│  ├─ UsedUpError            a genuine link or signed value has no use left
│  ├─ RevokedError           a genuine link was revoked
│  ├─ TokenIdExpiredError    the token id of a genuine link expired before the link was used
│  ├─ SenderError            a webhook came from an address that is not the vendor's
│  └─ UnknownProjectError    the address of a webhook names no project
├─ EmptyPoolError            no token id is ready for a new link in private mode
└─ StoreError                the store cannot be read or written now; what is below it: links/stores/errors.py
"""

import math
from typing import ClassVar, Final

from liveform import LiveformError, MalformedError, SetupError, UntrustedInputError


class _FixedTextError(LiveformError):
    """A base of errors whose text is the same for every cause; it is never raised itself."""

    text: ClassVar[str]

    def __init__(self) -> None:
        super().__init__()

    def __str__(self) -> str:
        return self.text


class NotKeptError(SetupError):
    """The store of this site does not keep what the request needs; the text says what."""

    code = "not_kept"


class ApiTokenError(_FixedTextError, UntrustedInputError):
    """The request has no API token, or an unknown one."""

    code = "unauthorized"
    text = "the API token is missing or unknown; send Authorization: Bearer <API token>"


class ScopeError(UntrustedInputError):
    """The API token is known, but not for this: ``scope`` is what it needs, None for another project."""

    code = "insufficient_scope"  # RFC 6750 section 3.1

    def __init__(self, *, scope: str | None = None) -> None:
        super().__init__()
        self.scope = scope

    def __str__(self) -> str:
        if self.scope is None:
            return "this API token is not for this project; see API_SCOPES"
        return f"this API token does not have the scope {self.scope}; see API_SCOPES"


class TooManyRequestsError(_FixedTextError, UntrustedInputError):
    """Somebody did this too often just now; ``retry_after_s`` are the whole seconds to wait."""

    code = "too_many_requests"
    text = "too many requests; wait for as many seconds as Retry-After says"

    def __init__(self, wait_s: float = 1.0) -> None:
        super().__init__()
        self.retry_after_s = max(1, math.ceil(wait_s))


class CrossSiteError(_FixedTextError, UntrustedInputError):
    """A page of another site sent this request from the visitor's browser."""

    code = "cross_site"
    text = "requests from pages of other sites are refused; send this from a page of this site"


class UnknownLinkError(_FixedTextError, UntrustedInputError):
    """The link does not exist, or was deleted after it had expired."""

    code = "unknown"
    text = "there is no such link"


class UnknownEventError(_FixedTextError, UntrustedInputError):
    """The inbox has no webhook of this number, or no longer."""

    code = "unknown_webhook"
    text = "there is no such webhook; `liveform webhooks list` shows those that are kept"


class UnknownVisitError(_FixedTextError, UntrustedInputError):
    """The visit does not exist, or was deleted after its link had expired."""

    code = "unknown_visit"
    text = "there is no such visit"


class KeyReusedError(_FixedTextError, UntrustedInputError):
    """The ``Idempotency-Key`` was used before, for another request."""

    code = "idempotency_key_reused"
    text = "this Idempotency-Key was used for another request; use a new key"


class StoreError(_FixedTextError):
    """The store cannot be read or written now. The database's message is left out: it may contain data."""

    code = "store_unavailable"
    text = "the store cannot be read or written now; try again later"


CUT_BODY: Final = MalformedError("the body of the request is cut short, or its chunks are wrong")


class UsedUpError(_FixedTextError, UntrustedInputError):
    """A link, or a signed value that works once, is genuine but has no use left."""

    code = "used_up"
    text = "genuine, but used up"


class RevokedError(_FixedTextError, UntrustedInputError):
    """A link is genuine, but was revoked."""

    code = "revoked"
    text = "genuine, but revoked"


class TokenIdExpiredError(_FixedTextError, UntrustedInputError):
    """A link is genuine and has a use left, but the vendor says that its token id has expired."""

    code = "token_id_expired"
    text = "genuine and unused, but its token id has expired at the vendor; make another link"


class SenderError(_FixedTextError, UntrustedInputError):
    """A webhook came from an address that is not in ``WEBHOOK_SENDERS``."""

    code = "wrong_sender"
    text = "webhooks are taken from the vendor's address alone; see WEBHOOK_SENDERS and PROXIES"


class UnknownProjectError(_FixedTextError, UntrustedInputError):
    """A webhook came to the address of a project that is not in ``PROJECTS``."""

    code = "unknown_project"
    text = "there is no such project; a webhook URL ends with a name of PROJECTS"


class EmptyPoolError(_FixedTextError):
    """The pool of the project's token ids is empty; it is filled in the background."""

    code = "no_token_id"
    text = "no token id is ready for this project in private mode; more are being registered, try again soon"
