"""Codes of the form's error pages: ``errorCode`` of a Return URL, and names of pages (pages ERR, RET)."""

from typing import Final

from liveform.parameters.model import Certainty
from liveform.vendor_codes.model import Actor, CodeFamily, CodeKind, VendorCode


def _documented(code: str, actor: Actor, source: str, about: str, to_user: str = "") -> VendorCode:
    return VendorCode(code, CodeKind.FORM, about, actor, source, Certainty.DOCUMENTED, to_user)


def _named(code: str, actor: Actor, about: str) -> VendorCode:
    return VendorCode(code, CodeKind.FORM, about, actor, "ERR", Certainty.INFERRED)


FORM_CODES: Final = (
    _documented(
        "TK-10001",
        Actor.SITE,
        "RET",
        "The token id has expired; make a new one.",
        "Your link has expired. Ask for a new one and start again.",
    ),
    _documented(
        "PV-40018",
        Actor.SITE,
        "QS 2026-04",
        "startValidUntil has passed; make a new URL.",
        "The time to start has passed. Ask for a new link and start again.",
    ),
    _documented("DE-20000", Actor.USER, "RET", "The device could not be verified."),
    _documented(
        "DE-30000",
        Actor.USER,
        "RET, N-04",
        "A virtual machine, emulator, bot or manipulated browser was found.",
    ),
    _documented(
        "DE-40000",
        Actor.USER,
        "RET, N-04",
        "More users were approved on this device than the project allows (by default 3 in 30 days).",
        "There were too many attempts from this device. Please wait, or use another one.",
    ),
    _documented(
        "SE-50020",
        Actor.USER,
        "N-05",
        "The document could not be confirmed as an original (ID liveness).",
        "The document could not be confirmed as an original. Use the original, not a copy.",
    ),
    _documented(
        "SE-50021",
        Actor.USER,
        "N-05",
        "The face could not be confirmed as live (selfie liveness).",
        "Your face could not be seen clearly. Try again in good light, without a cap or mask.",
    ),
    _documented(
        "SE-50022",
        Actor.USER,
        "N-05",
        "The face and the document could not be matched.",
        "Face and document could not be matched. Try again in good light.",
    ),
    _documented("SE-50030", Actor.USER, "N-05", "The Korean government check of the resident card failed."),
    _documented(
        "SE-50031", Actor.USER, "N-05", "The Korean government check of the driver's licence failed."
    ),
    _documented("SE-50032", Actor.USER, "N-05", "The Korean government check of the passport failed."),
    _documented(
        "SE-50033", Actor.USER, "N-05", "The Korean government check of the registration card failed."
    ),
    _documented(
        "LO-30001",
        Actor.USER,
        "N-05",
        "The text on the document could not be read, three times in a row.",
        "The document could not be read. Try again in good light, without glare.",
    ),
    _documented("LO-30002", Actor.ARGOS, "N-05", "The data could not be processed, three times in a row."),
    _documented("LO-30003", Actor.SITE, "N-05", "A required parameter was missing, three times in a row."),
    _documented("LO-30004", Actor.ARGOS, "N-05", "The request id was missing, three times in a row."),
    _documented(
        "LO-30005",
        Actor.USER,
        "N-05",
        "The photo was not good enough, three times in a row.",
        "The photo was not clear enough. Try again in good light, holding still.",
    ),
    _documented("LO-99999", Actor.USER, "N-05", "Another error came three times in a row."),
    _documented("expired-start-valid-until", Actor.SITE, "QS 2026-04", "The page of PV-40018."),
    _named("page-not-found", Actor.SITE, "The address of the form has a path that does not exist."),
    _named("bad-path", Actor.SITE, "The address of the form is wrong."),
    _named("service-blocked", Actor.ARGOS, "The service is blocked for this project or user."),
    _named("refresh", Actor.USER, "The page was loaded again in the middle of the check."),
    _named("invalid-browser", Actor.USER, "The form does not support this browser."),
    _named("hash_problem", Actor.SITE, "The encrypted part of the address cannot be used."),
    _named("project-closed", Actor.SITE, "The project is closed in the dashboard."),
    _named("period", Actor.USER, "The user must wait before the next submission."),
)

CODE_FAMILIES: Final = (
    CodeFamily("NF", "The form has no such page.", Actor.SITE),
    CodeFamily("QS", "The user's IP address could not be looked up.", Actor.ARGOS),
    CodeFamily(
        "QE",
        "The vendor's engine has too many requests waiting.",
        Actor.ARGOS,
        "Too many people are being checked just now. Please try again in a few minutes.",
    ),
    CodeFamily(
        "ER",
        "A limit of attempts was reached.",
        Actor.USER,
        "Too many attempts. Please wait a few minutes, then start again.",
    ),
    CodeFamily(
        "PV",
        "A parameter of the URL is missing, wrong, or in conflict with another.",
        Actor.SITE,
        "The link was not accepted. Ask for a new one and start again.",
    ),
    CodeFamily(
        "SE",
        "The vendor's API or server failed.",
        Actor.ARGOS,
        "The check could not be processed. Please try again in a few minutes.",
    ),
    CodeFamily(
        "RT",
        "The page failed in the browser.",
        Actor.USER,
        "The page ran into a problem. Reload it, or use another browser.",
    ),
    CodeFamily(
        "TK",
        "The token id is missing, has expired, or was used for a submission that is decided.",
        Actor.SITE,
        "Your link cannot be used any more. Ask for a new one and start again.",
    ),
    CodeFamily(
        "DE",
        "The check of the device failed.",
        Actor.USER,
        "This device could not be checked. Please try another device or browser.",
    ),
    CodeFamily(
        "LO",
        "The same error came three times in a row.",
        Actor.USER,
        "It failed several times in a row. Take a moment, then start again.",
    ),
)
