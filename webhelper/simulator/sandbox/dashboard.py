"""The settings of one project, as the vendor's dashboard has them, and what the sandbox chooses itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, ClassVar, Final, Literal

from liveform import ConfigError, Project, SecretKey
from webhelper.simulator.sandbox import options, rules
from webhelper.simulator.sandbox.dashboard_parts import Limits, TokenExpiration, TransferLayout, Wrapper

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = [
    "ADMIN",
    "RETURN_FIELDS",
    "WORKLIST",
    "Dashboard",
    "Limits",
    "TokenExpiration",
    "TransferLayout",
    "Wrapper",
    "check_together",
    "key_digest",
]
RETURN_FIELDS: Final = ("cf1", "cf2", "cf3", "email", "kycStatus", "submissionId", "userId", "errorCode")
ADMIN: Final = "admin@example.com"
WORKLIST: Final = "worklist01"
_WORD: Final = options.Rule("text that is not empty", lambda value: value != "" and rules.TEXT.holds(value))
_KEY: Final = options.Rule(
    "text that is not empty, or a SecretKey", lambda value: isinstance(value, SecretKey) or _WORD.holds(value)
)


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

    Raises:
        ConfigError: settings are not allowed; it names each.
    """

    RULES: ClassVar[options.Rules] = {
        "project": rules.a(Project),
        "api_key": _KEY,
        "face_auth_pid": rules.optional(_WORD),
        "face_auth_key": rules.optional(_KEY),
        **dict.fromkeys(("name", "description"), rules.TEXT),
        "return_urls": rules.several(rules.HTTP_URL),
        "return_fields": options.Rule(
            f"a frozenset of {', '.join(RETURN_FIELDS)}",
            lambda value: isinstance(value, frozenset | set) and value <= set(RETURN_FIELDS),
        ),
        **dict.fromkeys(("skip_result_page", "return_encrypted"), rules.FLAG),
        "webhook_url": rules.optional(rules.HTTP_URL),
        "event_delay": rules.DURATION,
        "secure_data_transfer": rules.FLAG,
        "transfer_layout": rules.a(TransferLayout),
        "private_mode": rules.FLAG,
        "token_expiration": rules.optional(rules.a(TokenExpiration)),
        "admins": rules.several(_WORD, least=1),
        **dict.fromkeys(("ip_api", "ip_admin"), rules.several(rules.NETWORK)),
        "credits": rules.whole(0),
        "limits": rules.a(Limits),
        "aml_threshold": rules.optional(rules.number(0, 100)),
        "worklists": rules.several(_WORD),
        "older_events": rules.FLAG,
        "image_id_name": rules.one_of("submission_id", "submissionId"),
    }

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
        options.refuse(options.wrong_fields(self) or self._wrong_together())

    def _wrong_together(self) -> Iterator[tuple[str, str]]:
        if (self.face_auth_pid is None) != (self.face_auth_key is None):
            yield "face_auth_key", "is needed with face_auth_pid, and only with it"
        if self.face_auth_key is not None and key_digest(self.face_auth_key) == key_digest(self.api_key):
            yield "face_auth_key", "must be another key than api_key (vendor page FA)"

    @property
    def pid(self) -> str:
        """Id of the main project."""
        return self.project.pid


def key_digest(key: str | SecretKey) -> bytes:
    """Return the SHA-256 digest of a key's text; a ``SecretKey`` keeps it as its bytes (GB-ENC)."""
    if isinstance(key, SecretKey):
        return key.expose_bytes()
    return sha256(key.encode("utf-8", "surrogateescape")).digest()


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
