"""The QR code of a link as SVG, PNG and poster, for every genuine token and in three presets."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Final, NamedTuple

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from liveform import FieldError
from liveform.qr import Level, make_qr
from webhelper.services import services
from webhelper.visitor.typed_text import token_in
from webhelper.web.i18n import remember_language

if TYPE_CHECKING:
    from webhelper.links.models import Link

DAY_S: Final = 86_400
YEAR_S: Final = 365 * DAY_S

blueprint = Blueprint("qr", __name__)
blueprint.after_request(remember_language)


class Preset(NamedTuple):
    """How a QR code is drawn; the quiet zone is always 4 modules (ISO/IEC 18004 section 6.3.8).

    Attributes:
        level: error correction. A lower level needs fewer modules and scans from farther away; a higher
            level survives dirt and folds.
        module_pixels: pixels of a module in a PNG.
    """

    level: Level
    module_pixels: int


PRESETS: Final = {
    "screen": Preset("M", 8),
    "print": Preset("Q", 16),
    "poster": Preset("M", 40),
}
_DEFAULT: Final = "screen"


@blueprint.get("/R/<token>/qr.svg")
@blueprint.get("/r/<token>/qr.svg")
def svg(token: str) -> Response:
    """Return the QR code of a link as SVG."""
    title = f"QR code: {services().settings.host}"
    return _image(_svg(qr_text(token), _preset().level, title), "image/svg+xml")


@blueprint.get("/R/<token>/qr.png")
@blueprint.get("/r/<token>/qr.png")
def png(token: str) -> Response:
    """Return the QR code of a link as PNG."""
    return _image(_png(qr_text(token), *_preset()), "image/png")


@blueprint.get("/R/<token>/poster")
@blueprint.get("/r/<token>/poster")
def poster(token: str) -> str:
    """Return a page to print, with the QR code of a link that can be opened.

    Raises:
        ExpiredError, UsedUpError, RevokedError, TokenIdExpiredError: it cannot, so that nobody prints it.
    """
    token = token_in(token)
    link = services().links.find(token)
    link.check_open(services().links.clock())
    return render_template(
        "poster.html",
        warnings=_warnings(link),
        qr_url=url_for("qr.svg", token=token, preset="poster"),
        link_text=services().settings.host,
        expires_at=link.spec.expires_at,
    )


def _warnings(link: Link) -> list[str]:
    """Return why a link is hardly fit for a poster, in words that are printed on it."""
    warnings = []
    if link.spec.max_uses is not None:
        most = link.spec.max_uses
        warnings.append(ngettext("This code works once.", "This code works %(num)s times.", most))
    if link.spec.expires_at - services().links.clock() < DAY_S:
        warnings.append(_("This code works for less than a day."))
    return warnings


def qr_text(token: str) -> str:
    """Return the URL that a QR code contains. Codes that were printed in capitals still open their links.

    Cameras of some phones take ``HTTPS://`` for text, and a proxy may have a rule for ``/r/``.

    Raises:
        BadSignatureError: this site did not sign the token.
    """
    token = token_in(token)
    services().links.authenticate(token)
    return services().url_of(token)


def _preset() -> Preset:
    name = request.args.get("preset", _DEFAULT)
    if name not in PRESETS:
        raise FieldError("preset", f"must be one of {', '.join(PRESETS)}")
    return PRESETS[name]


# Cached, because tablets and reloads request the same images again.
@lru_cache(maxsize=512)
def _svg(text: str, level: Level, title: str) -> bytes:
    return make_qr(text, level=level).to_svg(title=title).encode()


@lru_cache(maxsize=128)
def _png(text: str, level: Level, module_pixels: int) -> bytes:
    return make_qr(text, level=level).to_png(module_pixels=module_pixels)


def _image(image: bytes, mimetype: str) -> Response:
    """Return an image that browsers may cache for a year, and shared caches not: it contains a link."""
    response = Response(image, mimetype=mimetype)
    response.set_etag(sha256(image).hexdigest()[:32])
    response.cache_control.private = True
    response.cache_control.max_age = YEAR_S
    response.cache_control.immutable = True
    response.make_conditional(request)
    return response
