"""The errors that the helper adds to liveform's tree.

LiveformError
├─ SetupError
│  └─ NotKeptError           the store of this site does not keep what is asked for
├─ UntrustedInputError
│  ├─ TokenError             no API token, or not one of ours
│  ├─ CrossSiteError         a form that another site sent in the visitor's name
│  ├─ UnknownLinkError       our own link, but not (or no longer) in the store
│  ├─ KeyReusedError         an Idempotency-Key that came before with another request
│  ├─ UsedUpError            our own link: every use is spent
│  └─ RevokedError           our own link: taken back
└─ StoreError                the store cannot be read or written just now
"""

from typing import ClassVar

from liveform import LiveformError, SetupError, UntrustedInputError


class _OneText(LiveformError):  # noqa: N818 - a part, never raised
    """What errors share that say the same whatever the cause."""

    text: ClassVar[str]

    def __init__(self) -> None:
        super().__init__()

    def __str__(self) -> str:
        return self.text


class NotKeptError(SetupError):
    """The store of this site does not keep what is asked for; the text says what."""

    code = "not_kept"


class TokenError(_OneText, UntrustedInputError):
    """The request carries no API token, or none of ours."""

    code = "unauthorized"
    text = "an API token is needed: Authorization: Bearer ..."


class CrossSiteError(_OneText, UntrustedInputError):
    """Another site sent this request in the visitor's name."""

    code = "cross_site"
    text = "requests from other sites are not taken here"


class UnknownLinkError(_OneText, UntrustedInputError):
    """There is no such link: it never was one of ours, or it was deleted after its time."""

    code = "unknown"
    text = "there is no such link"


class KeyReusedError(_OneText, UntrustedInputError):
    """An ``Idempotency-Key`` came before, with another request."""

    code = "idempotency_key_reused"
    text = "this Idempotency-Key came before with another request; use a new key"


class StoreError(_OneText):
    """The store cannot be read or written just now; its own words stay inside, for they may hold data."""

    code = "store_unavailable"
    text = "the store cannot be reached; try again"


class UsedUpError(_OneText, UntrustedInputError):
    """A link that we made is genuine, but every use of it is spent."""

    code = "used_up"
    text = "genuine, but used up"


class RevokedError(_OneText, UntrustedInputError):
    """A link that we made is genuine, but was taken back."""

    code = "revoked"
    text = "genuine, but revoked"
