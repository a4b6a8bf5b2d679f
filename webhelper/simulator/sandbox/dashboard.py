"""The settings of one project, as the vendor's dashboard has them, and what the sandbox chooses itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from ipaddress import ip_network
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from liveform import CbcLayout, ConfigError, EcbLayout, SecretKey

if TYPE_CHECKING:
    from collections.abc import Mapping

    from liveform import Project

Wrapper: TypeAlias = Literal["bare", "body", "data"]
RETURN_FIELDS: Final = ("cf1", "cf2", "cf3", "email", "kycStatus", "submissionId", "userId", "errorCode")
ADMIN: Final = "admin@example.com"
WORKLIST: Final = "worklist01"


@dataclass(frozen=True, slots=True)
class TransferLayout:
    """How the sandbox writes Secure Data Transfer; the vendor's own layouts are unknown (row 10.2).

    Attributes:
        wrapper: what a request body is: ``"bare"`` ciphertext (also as a JSON string), or an object with
            the one member ``body`` or ``data`` (row 10.3).
        request: how ECB request bodies and the ``data`` parameter are written.
        answer: how CBC answers and webhooks are written.
        is_encrypted: whether an answer says ``isEncrypted`` beside ``data`` (row 10.3).
        unnamed: what endpoints do that the vendor's pages do not name as covered, such as review (row 10.7):
            ``"follow"`` takes both and answers as it was asked; ``"plain"``, ``"encrypted"``.
    """

    wrapper: Wrapper = "bare"
    request: EcbLayout = field(default_factory=EcbLayout)
    answer: CbcLayout = field(default_factory=CbcLayout)
    is_encrypted: bool = False
    unnamed: Literal["follow", "plain", "encrypted"] = "follow"


@dataclass(frozen=True, slots=True)
class TokenExpiration:
    """When a token id expires with an event (row 9.29): after so many submissions, or after a time."""

    condition: Literal["count", "time"] = "count"
    uses: int = 1
    after: timedelta = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Limits:
    """How many requests a project may send (row 1.7), and what a refusal says (row 1.6: unknown).

    Attributes:
        per_second, per_day: requests of all endpoints; the day begins at 00:00 UTC.
        retry_after: the ``Retry-After`` header of a 429; None for none.
    """

    per_second: int = 5_000
    per_day: int = 100_000
    retry_after: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """The settings of one project. Keys, e-mails and the webhook URL are not in the repr.

    Attributes:
        project: has pid, key, cipher and Encryption-only mode.
        api_key: the project's API key, for ``x-api-key`` and Secure Data Transfer.
        face_auth_pid, face_auth_key: those of the FaceAuth add-on; None without it.
        name, description: what the project settings show.
        return_urls: the allowed Return URLs; the first is the default.
        return_fields: the ticked dynamic fields, of ``RETURN_FIELDS``.
        skip_result_page: whether the form leads on without a result page.
        return_encrypted: whether the Return URL has its claims in ``encrypted``.
        webhook_url: where events go; None: they are kept, and not sent.
        event_delay: how long after it happened an event is sent; the vendor documents no such time.
        secure_data_transfer: whether API and webhooks are encrypted, by ``transfer_layout``.
        private_mode: whether only registered token ids open the form (AC: pre-registration).
        token_expiration: None: registered token ids expire after one submission, without an event.
        admins: e-mails of the administrators.
        ip_api, ip_admin: addresses or networks that may call; empty: all.
        credits: how many submissions may be made.
        limits: how many requests may be made.
        aml_threshold: the watch-list score of the dashboard; None: each request has to say it (row 6.1).
        worklists: ids of the worklists for monitoring.
        older_events: whether ``approved`` has what older revisions had, such as userid (row 9.13).
        image_id_name: what GET image calls the submission id (row 4.1: undecided).
    """

    project: Project
    api_key: str | SecretKey = field(repr=False)
    face_auth_pid: str | None = None
    face_auth_key: str | SecretKey | None = field(default=None, repr=False)
    name: str = "Sandbox"
    description: str = ""
    return_urls: tuple[str, ...] = ()
    return_fields: frozenset[str] = frozenset(RETURN_FIELDS)
    skip_result_page: bool = False
    return_encrypted: bool = False
    webhook_url: str | None = field(default=None, repr=False)
    event_delay: timedelta = timedelta(0)
    secure_data_transfer: bool = False
    transfer_layout: TransferLayout = field(default_factory=TransferLayout)
    private_mode: bool = False
    token_expiration: TokenExpiration | None = None
    admins: tuple[str, ...] = field(default=(ADMIN,), repr=False)
    ip_api: tuple[str, ...] = ()
    ip_admin: tuple[str, ...] = ()
    credits: int = 1_000_000
    limits: Limits = field(default_factory=Limits)
    aml_threshold: float | None = None
    worklists: tuple[str, ...] = (WORKLIST,)
    older_events: bool = False
    image_id_name: Literal["submission_id", "submissionId"] = "submission_id"

    def __post_init__(self) -> None:
        """Refuse settings that the vendor's dashboard cannot have."""
        faults = []
        if not self.return_fields <= set(RETURN_FIELDS):
            faults.append(("return_fields", f"may only have {', '.join(RETURN_FIELDS)}"))
        if (self.face_auth_pid is None) != (self.face_auth_key is None):
            faults.append(("face_auth_key", "is needed with face_auth_pid, and only with it"))
        if self.face_auth_key is not None and key_digest(self.face_auth_key) == key_digest(self.api_key):
            faults.append(("face_auth_key", "must be another key than api_key (vendor page FA)"))
        faults += [
            (name, "must only have IP addresses and networks")
            for name in ("ip_api", "ip_admin")
            if not all(map(_is_network, getattr(self, name)))
        ]
        if faults:
            raise ConfigError(*faults)

    @property
    def pid(self) -> str:
        """Id of the main project."""
        return self.project.pid


def key_digest(key: str | SecretKey) -> bytes:
    """Return the SHA-256 digest of a key's text; a ``SecretKey`` keeps it as its bytes (GB-ENC)."""
    if isinstance(key, SecretKey):
        return key.expose_bytes()
    return sha256(key.encode("utf-8", "surrogateescape")).digest()


def _is_network(text: str) -> bool:
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def check_together(dashboards: Mapping[str, Dashboard]) -> None:
    """Refuse projects that could not be told apart.

    Raises:
        ConfigError: two projects have the same pid or API key; it names the projects, and no key.
    """
    seen: set[str | bytes] = set()
    for name, one in dashboards.items():
        own: set[str | bytes] = {one.pid, one.face_auth_pid or one.pid}
        own |= {key_digest(one.api_key), key_digest(one.face_auth_key or one.api_key)}
        if own & seen:
            raise ConfigError((name, "has a pid or an API key of another project"))
        seen |= own
