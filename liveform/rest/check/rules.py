"""Compares the settings of the dashboard with those of a ``Project``, one finding after the other.

The vendor's guide has the setup in steps 1 to 9 (GUIDE); findings name the step and the page. What the API
does not show cannot be checked, and is a note that says where to look.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final
from urllib.parse import urlsplit

from liveform.errors import FieldError
from liveform.form_urls import VENDOR_WEBHOOK_SENDER, is_loopback
from liveform.rest.check.values import (
    STATE_FIELDS,
    CheckedProject,
    CheckFinding,
    TransferSeen,
    WantedSettings,
    check_arguments,
)
from liveform.rest.values.project_settings import ProjectSettings

INTEGRATION: Final = "Project Management > Project Settings > Integration Info (step 7)"
SYSTEM: Final = "Project Management > Project Settings > System Operation (step 9)"
INFO: Final = "Project Management > Project Settings > Project Info (step 1)"
SECURITY: Final = "Project Management > Security Settings (step 2)"

# A dynamic field of the Return URL -> its switch in formReturnUrlConfig (vendor-api rows 7.2, 7.3).
_SWITCHES: Final = {
    "userid": "user_id",
    "submissionId": "submission_id",
    "kycStatus": "kyc_status",
    "email": "email",
    **{name: name for name in STATE_FIELDS},
}
# No page shows private mode among the settings; these are the names that it would have.
_PRIVATE_MODE: Final = ("privateMode", "private_mode", "isPrivate")


def check_settings(
    settings: ProjectSettings, project: CheckedProject, wanted: WantedSettings | None = None
) -> list[CheckFinding]:
    """Return all findings, in the order of the guide's steps. Nothing is sent.

    Args:
        settings: what ``client.project.settings()`` returned.
        project: ours.
        wanted: what else the dashboard should say.

    Raises:
        FieldError: an argument is something else.
    """
    if not isinstance(settings, ProjectSettings):
        raise FieldError("settings", "must be ProjectSettings, as client.project.settings() returns them")
    check_arguments(project, wanted)
    wanted = WantedSettings() if wanted is None else wanted
    return [
        _project_status(settings),
        _private_mode(settings),
        _liveform_encryption(project),
        transfer_finding(project, wanted.transfer_seen),
        *_return_url(settings, wanted.return_url),
        *_dynamic_fields(settings, wanted.state_field),
        _return_encryption(settings, project),
        *_webhook(settings, wanted.webhook_url),
        _blocking(settings),
        *_admins(settings, wanted.admins),
        _ip_list(settings),
    ]


def _project_status(settings: ProjectSettings) -> CheckFinding:
    name, status = "project_status", settings.status
    if status is None:
        return _unseen(name, "the project's status", INFO)
    if status.lower() == "open":
        return CheckFinding(name, "ok", "the project is OPEN")
    if status.lower() == "test":
        return CheckFinding(name, "note", "the project is in TEST; choose OPEN before real users come", INFO)
    return CheckFinding(name, "to_do", "the project is neither OPEN nor in TEST; choose one of them", INFO)


def _private_mode(settings: ProjectSettings) -> CheckFinding:
    name, where = "private_mode", f"{SECURITY}, Access Control"
    on = next((settings.raw[one] for one in _PRIVATE_MODE if isinstance(settings.raw.get(one), bool)), None)
    if on is None:
        return _unseen(name, "private mode and the pre-registration of token ids", where)
    text = "a URL works only with a token id" if on else "whoever has a URL can open it"
    return CheckFinding(name, "note", f"private mode is {_on(on)}: {text}", where)


def _liveform_encryption(project: CheckedProject) -> CheckFinding:
    ours = "no encryption" if project.cipher is None else project.cipher.upper()
    ours += " and Encryption-only mode" if project.encryption_only else ""
    what = f"the encryption of Liveform URLs, for which our settings have {ours}"
    return _unseen("liveform_encryption", what, f"{SECURITY}, Data Protection")


def transfer_finding(project: CheckedProject, seen: TransferSeen | None) -> CheckFinding:
    """Return whether Secure Data Transfer is set alike on both sides.

    Args:
        project: ours.
        seen: as in ``WantedSettings``.
    """
    name, where = "secure_data_transfer", f"{SECURITY}, Secure Data Transfer"
    ours = project.transfer is not None
    if seen is None:
        return _unseen(name, f"Secure Data Transfer, which is {_on(ours)} in our settings", where)
    if seen == "not_opened" and ours:
        text = "the vendor cannot open our requests: it is off in the dashboard, or has another layout"
        return CheckFinding(name, "to_do", text, where)
    theirs = seen != "plain"
    if theirs == ours:
        return CheckFinding(name, "ok", f"both sides have Secure Data Transfer {_on(ours)}")
    text = (
        f"it is {_on(theirs)} in the dashboard and {_on(ours)} in our settings: "
        f"set secure_data_transfer, or switch it {_on(ours)} in the dashboard"
    )
    return CheckFinding(name, "to_do", text, where)


def _return_url(settings: ProjectSettings, wanted: str | None) -> Iterator[CheckFinding]:
    name, url, where = "return_url", settings.return_url, f"{INTEGRATION}, Return URL"
    if not _is_seen(settings.raw, "formReturnUrl"):
        yield _unseen(name, "the Return URL", where)
    elif not url:
        yield CheckFinding(name, "to_do", "no Return URL is set: users do not come back", where)
    elif wanted is not None and url != wanted:
        yield CheckFinding(name, "to_do", "the Return URL is another than the wanted one", where)
    elif _is_local(url):
        yield CheckFinding(
            name, "note", "the Return URL is on this machine: good for a simulator alone", where
        )
    elif _scheme(url) == "http":
        yield CheckFinding(name, "to_do", "the Return URL is http: others can read it; make it https", where)
    else:  # an app has a scheme of its own
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
    yield _unseen(
        "dynamic_field.errorCode", "whether errorCode is ticked, for returns from error pages", where
    )


def _return_encryption(settings: ProjectSettings, project: CheckedProject) -> CheckFinding:
    name, where = "return_encryption", f"{INTEGRATION}, Return URL Encryption"
    encrypted = getattr(settings.return_config, "is_encrypted", None)
    has_key = project.has_return_key
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
    url = None if settings.webhook is None else settings.webhook.url
    if settings.raw.get("webhook", "") is not None and not _is_seen(settings.raw.get("webhook"), "url"):
        yield _unseen(name, "the webhook URL", where)
        return
    if not url:
        yield CheckFinding(name, "to_do", "no webhook URL is set: nobody tells us how a case ended", where)
        return
    if _is_local(url):
        yield CheckFinding(
            name, "note", "the webhook URL is on this machine: good for a simulator alone", where
        )
        return
    if _scheme(url) != "https":
        yield CheckFinding(name, "to_do", "the webhook URL is not https, which the vendor requires", where)
    elif wanted is not None and url != wanted:
        yield CheckFinding(name, "to_do", "the webhook URL is another than the wanted one", where)
    else:
        yield CheckFinding(name, "ok", "the webhook URL is set, and https")
    text = f"webhooks come from {VENDOR_WEBHOOK_SENDER}: the firewall must let that address in"
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
    lists = settings.ip_whitelist
    allowed = lists.api if lists is not None and "api" in lists.raw else None
    if allowed is None:
        return _unseen(name, "which addresses may call the API", where)
    if allowed:
        text = (
            f"a list restricts who may call the API ({len(allowed)} entries): all our servers must be on it"
        )
        return CheckFinding(name, "note", text, where)
    return CheckFinding(name, "ok", "any address may call the API; a list would restrict that")


def _unseen(name: str, what: str, where: str) -> CheckFinding:
    return CheckFinding(name, "note", f"cannot be seen by API: {what}; look there", where)


def _is_seen(members: object, name: str) -> bool:
    """Whether an object has a member that is text or null; in another shape nobody knows what it means."""
    return isinstance(members, Mapping) and name in members and isinstance(members[name], str | None)


def _scheme(url: str) -> str:
    try:
        return urlsplit(url).scheme
    except ValueError:
        return ""


def _is_local(url: str) -> bool:
    try:
        return is_loopback(urlsplit(url).hostname or "")
    except ValueError:
        return False


def _on(flag: bool) -> str:
    return "on" if flag else "off"
