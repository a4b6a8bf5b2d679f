"""Holds the settings of the dashboard against those of a ``Project``: what is right, and what is to do.

The vendor's guide has the setup in steps 1 to 9 (GUIDE); findings name the step and the page. What the API
does not show cannot be checked, and is a note that says where to look.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, Protocol, TypeAlias
from urllib.parse import urlsplit

from liveform.errors import FieldError

if TYPE_CHECKING:
    from liveform.rest.project_settings import ProjectSettings

Verdict: TypeAlias = Literal["ok", "to_do", "note"]

INTEGRATION: Final = "Project Management > Project Settings > Integration Info (step 7)"
SYSTEM: Final = "Project Management > Project Settings > System Operation (step 9)"
INFO: Final = "Project Management > Project Settings > Project Info (step 1)"
SECURITY: Final = "Project Management > Security Settings (step 2)"

WEBHOOK_SENDER: Final = "52.78.194.237"  # vendor page II, and GUIDE
STATE_FIELDS: Final = ("cf1", "cf2", "cf3")
# A dynamic field of the Return URL -> its switch in formReturnUrlConfig (vendor-api rows 7.2, 7.3).
_SWITCHES: Final = {
    "userid": "user_id",
    "submissionId": "submission_id",
    "kycStatus": "kyc_status",
    "email": "email",
    **{name: name for name in STATE_FIELDS},
}


class CheckedProject(Protocol):
    """What a check needs of a ``Project``."""

    @property
    def encryption_only(self) -> bool:
        """Whether our URLs hold nothing in plain."""

    @property
    def cipher(self) -> str | None:
        """The cipher of our URLs; None without a key for them."""

    @property
    def engine(self) -> str | None:
        """The library that encrypts; None if the project cannot open Return URLs."""

    @property
    def transfer(self) -> object | None:
        """What opens Secure Data Transfer; None if that is off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the dashboard should say, as far as a ``Project`` does not say it.

    Attributes:
        return_url: the address to which users come back; None accepts any.
        webhook_url: the address of webhooks; None accepts any.
        state_field: the custom field that carries the signed state, ``"cf1"``, ``"cf2"`` or ``"cf3"``; None if
            no state is used.
        admins: e-mail addresses that API calls name as ``admin``.
        encrypted: whether the vendor encrypted an answer that Secure Data Transfer covers; None if no such
            answer was seen.
    """

    return_url: str | None = None
    webhook_url: str | None = None
    state_field: str | None = "cf3"
    admins: tuple[str, ...] = ()
    encrypted: bool | None = None

    def __post_init__(self) -> None:
        if self.state_field is not None and self.state_field not in STATE_FIELDS:
            raise FieldError("state_field", f"must be one of {', '.join(STATE_FIELDS)}, or None")


@dataclass(frozen=True, slots=True)
class CheckFinding:
    """One thing that was looked at. It shows no address and no e-mail address.

    Attributes:
        name: what it is about, such as ``return_url``; stays the same between releases.
        verdict: ``ok``, ``to_do``, or ``note`` for what is only worth knowing or cannot be seen.
        text: what was found.
        where: the page of the dashboard to change it or to look; None if there is nothing to do there.
    """

    name: str
    verdict: Verdict
    text: str
    where: str | None = None


def check_settings(
    settings: ProjectSettings, project: CheckedProject, wanted: Wanted | None = None
) -> list[CheckFinding]:
    """Return all findings, in the order of the guide's steps. Nothing is sent.

    Args:
        settings: what ``client.project.settings()`` returned.
        project: ours.
        wanted: what else the dashboard should say.
    """
    wanted = Wanted() if wanted is None else wanted
    return [
        _project_status(settings),
        *_private_mode(),
        _liveform_encryption(project),
        _transfer(project, wanted.encrypted),
        *_return_url(settings, wanted.return_url),
        *_dynamic_fields(settings, wanted.state_field),
        _return_encryption(settings, project),
        *_webhook(settings, wanted.webhook_url),
        _blocking(settings),
        *_admins(settings, wanted.admins),
        _ip_list(settings),
    ]


def _project_status(settings: ProjectSettings) -> CheckFinding:
    name, status = "project_status", settings.project_status
    if status is None:
        return _unseen(name, "the project's status", INFO)
    if status.lower() == "open":
        return CheckFinding(name, "ok", "the project is OPEN")
    if status.lower() == "test":
        return CheckFinding(name, "note", "the project is in TEST; choose OPEN before real users come", INFO)
    return CheckFinding(name, "to_do", "the project is neither OPEN nor in TEST; choose one of them", INFO)


def _private_mode() -> Iterator[CheckFinding]:
    where = f"{SECURITY}, Access Control"
    yield _unseen("private_mode", "private mode and the pre-registration of token ids", where)


def _liveform_encryption(project: CheckedProject) -> CheckFinding:
    ours = "no encryption" if project.cipher is None else project.cipher.upper()
    ours += " and Encryption-only mode" if project.encryption_only else ""
    text = f"the encryption of Liveform URLs cannot be seen by API: it must be {ours}, as in our settings"
    return CheckFinding("liveform_encryption", "note", text, f"{SECURITY}, Data Protection")


def _transfer(project: CheckedProject, encrypted: bool | None) -> CheckFinding:  # noqa: FBT001
    name, where = "secure_data_transfer", f"{SECURITY}, Secure Data Transfer"
    ours = project.transfer is not None
    if encrypted is None:
        return _unseen(name, f"Secure Data Transfer, which is {_on(ours)} in our settings", where)
    if encrypted == ours:
        return CheckFinding(name, "ok", f"Secure Data Transfer is {_on(ours)} on both sides")
    text = (
        f"answers come {'encrypted' if encrypted else 'in plain'}, but Secure Data Transfer is {_on(ours)} in "
        f"our settings: set secure_data_transfer, or switch it {_on(ours)} in the dashboard"
    )
    return CheckFinding(name, "to_do", text, where)


def _return_url(settings: ProjectSettings, wanted: str | None) -> Iterator[CheckFinding]:
    name, url, where = "return_url", settings.return_url, f"{INTEGRATION}, Return URL"
    if url is None and "formReturnUrl" not in settings.raw:
        yield _unseen(name, "the Return URL", where)
    elif not url:
        yield CheckFinding(name, "to_do", "no Return URL is set: users do not come back", where)
    elif wanted is not None and url != wanted:
        yield CheckFinding(name, "to_do", "the Return URL is another than the wanted one", where)
    elif not _is_https(url):
        yield CheckFinding(name, "to_do", "the Return URL is not https: others can read it", where)
    else:
        yield CheckFinding(name, "ok", "the Return URL is set")


def _dynamic_fields(settings: ProjectSettings, state_field: str | None) -> Iterator[CheckFinding]:
    where = f"{INTEGRATION}, Dynamic Fields"
    needed = {
        "userid": "tells who came back",
        "submissionId": "is needed to ask the API",
        "kycStatus": "says how it ended",
        **({} if state_field is None else {state_field: "carries our signed state"}),
    }
    for field, why in needed.items():
        ticked = getattr(settings.return_config, _SWITCHES[field], None)
        name = f"dynamic_field.{field}"
        if ticked is None:
            yield _unseen(name, f"whether {field} is ticked", where)
        elif ticked:
            yield CheckFinding(name, "ok", f"{field} is ticked")
        else:
            yield CheckFinding(name, "to_do", f"tick {field}: it {why}", where)
    yield _unseen("dynamic_field.errorCode", "whether errorCode is ticked, for returns from error pages", where)


def _return_encryption(settings: ProjectSettings, project: CheckedProject) -> CheckFinding:
    name, where = "return_encryption", f"{INTEGRATION}, Return URL Encryption"
    encrypted = getattr(settings.return_config, "is_encrypted", None)
    has_key = project.engine is not None
    if encrypted is None:
        return _unseen(name, "whether Return URLs are encrypted", where)
    if encrypted and not has_key:
        text = "Return URLs are encrypted, but our project has no key to open them: set key or return_key"
        return CheckFinding(name, "to_do", text, where)
    if encrypted:
        return CheckFinding(name, "ok", "Return URLs are encrypted, and our project has a key")
    if has_key:
        text = "Return URLs are plain, although our project has a key: switch their encryption on"
        return CheckFinding(name, "to_do", text, where)
    text = "Return URLs are plain, and our project has no key: whoever sees one can read it"
    return CheckFinding(name, "note", text, where)


def _webhook(settings: ProjectSettings, wanted: str | None) -> Iterator[CheckFinding]:
    name, where = "webhook_url", f"{INTEGRATION}, Webhook URL"
    url = getattr(settings.webhook, "url", None)
    if url is None and "webhook" not in settings.raw:
        yield _unseen(name, "the webhook URL", where)
        return
    if not url:
        yield CheckFinding(name, "to_do", "no webhook URL is set: nobody tells us how a case ended", where)
        return
    if not _is_https(url):
        yield CheckFinding(name, "to_do", "the webhook URL is not https, which the vendor requires", where)
    elif wanted is not None and url != wanted:
        yield CheckFinding(name, "to_do", "the webhook URL is another than the wanted one", where)
    else:
        yield CheckFinding(name, "ok", "the webhook URL is set, and https")
    text = f"webhooks come from {WEBHOOK_SENDER}: the firewall must let that address in"
    yield CheckFinding("webhook_firewall", "note", text)


def _blocking(settings: ProjectSettings) -> CheckFinding:
    name, where = "emergency_stop", f"{SYSTEM}, Submission Control System"
    active = getattr(settings.activate_blocking, "activate", None)
    if active is None:
        return _unseen(name, "whether submissions are halted", where)
    if active:
        return CheckFinding(name, "to_do", "all submissions are halted; end the emergency stop", where)
    return CheckFinding(name, "ok", "submissions are not halted")


def _admins(settings: ProjectSettings, wanted: Iterable[str]) -> Iterator[CheckFinding]:
    where = f"{SYSTEM}, Administrator Settings"
    registered = {admin.casefold() for admin in settings.admins}
    for number, admin in enumerate(wanted, start=1):
        name = f"admin.{number}"
        if "admins" not in settings.raw:
            yield _unseen(name, f"whether administrator {number} is registered", where)
        elif admin.casefold() in registered:
            yield CheckFinding(name, "ok", f"administrator {number} is registered")
        else:
            text = f"administrator {number} is not registered: invite that address, and accept the invitation"
            yield CheckFinding(name, "to_do", text, where)


def _ip_list(settings: ProjectSettings) -> CheckFinding:
    name, where = "ip_list", f"{SYSTEM}, IP Whitelist"
    allowed = getattr(settings.ip_whitelist, "api", None)
    if allowed is None:
        return _unseen(name, "which addresses may call the API", where)
    if allowed:
        text = f"{len(allowed)} addresses may call the API: those of all our servers must be among them"
        return CheckFinding(name, "note", text, where)
    return CheckFinding(name, "ok", "any address may call the API; a list would restrict that")


def _unseen(name: str, what: str, where: str) -> CheckFinding:
    return CheckFinding(name, "note", f"cannot be seen by API: {what}; look there", where)


def _is_https(url: str) -> bool:
    try:
        return urlsplit(url).scheme == "https"
    except ValueError:
        return False


def _on(flag: bool) -> str:  # noqa: FBT001
    return "on" if flag else "off"
