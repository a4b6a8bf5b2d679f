"""``/r/<token>/qr.svg``, ``.png`` and the poster: drawn for every genuine token, in three fixed ways."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from typing import Final, NamedTuple

from flask import Blueprint, Response, render_template, request, url_for

from liveform import FieldError
from liveform.qr import Level, make_qr
from webhelper.services import services
from webhelper.web.i18n import remember_language

YEAR_S: Final = 365 * 86_400

blueprint = Blueprint("qr", __name__)
blueprint.after_request(remember_language)


class Preset(NamedTuple):
    """How a code is drawn; the quiet zone is always 4 modules (ISO/IEC 18004 section 6.3.8).

    Attributes:
        level: error correction. Fewer modules scan from farther; more correction bears dirt and folds.
        module_pixels: of the PNG.
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
    """Draw the code as SVG."""
    title = f"QR code: {services().settings.host}"
    return _image(_svg(qr_text(token), _preset().level, title), "image/svg+xml")


@blueprint.get("/R/<token>/qr.png")
@blueprint.get("/r/<token>/qr.png")
def png(token: str) -> Response:
    """Draw the code as PNG."""
    return _image(_png(qr_text(token), *_preset()), "image/png")


@blueprint.get("/R/<token>/poster")
@blueprint.get("/r/<token>/poster")
def poster(token: str) -> str:
    """Show a page to print."""
    link = services().links.find(token)
    return render_template(
        "poster.html",
        qr_url=url_for("qr.svg", token=token, preset="poster"),
        link_text=services().settings.host,
        expires_at=link.spec.expires_at,
    )


def qr_text(token: str) -> str:
    """Return what stands in the code of a token: in capitals, which take fewer modules.

    Scheme and host have no case (RFC 3986 section 3.2.2), and neither has our path.

    Raises:
        BadSignatureError: the token is not ours.
    """
    services().links.authenticate(token)
    return f"{services().settings.base_url}/r/{token}".upper()


def _preset() -> Preset:
    name = request.args.get("preset", _DEFAULT)
    if name not in PRESETS:
        raise FieldError("preset", f"must be one of {', '.join(PRESETS)}")
    return PRESETS[name]


# Images are kept by what is in them, for tablets and reloads ask again; of too many, the least used go.
@lru_cache(maxsize=512)
def _svg(text: str, level: Level, title: str) -> bytes:
    return make_qr(text, level=level).to_svg(title=title).encode()


@lru_cache(maxsize=128)
def _png(text: str, level: Level, module_pixels: int) -> bytes:
    return make_qr(text, level=level).to_png(module_pixels=module_pixels)


def _image(image: bytes, mimetype: str) -> Response:
    """An image that never changes. Private, for who has the code has the link."""
    response = Response(image, mimetype=mimetype)
    response.set_etag(sha256(image).hexdigest()[:32])
    response.cache_control.private = True
    response.cache_control.max_age = YEAR_S
    response.cache_control.immutable = True
    response.make_conditional(request)
    return response
