"""This benchmark draws QR codes of links to SVG and PNG, beside qrcode. Nothing is cached."""

from __future__ import annotations

import io
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import qrcode
from qrcode.image.svg import SvgPathImage

from liveform import Project
from liveform.qr import make_qr
from tests.benchmarks import references
from tests.benchmarks.harness import Effort, Result, side_by_side

if TYPE_CHECKING:
    from collections.abc import Iterator

    from liveform.qr import Engine

_LINK: Final = "https://id.example.com/r/ABCDEFGHJKMNPQRSTVWXYZ2345ABCD"
_GOALS: Final[dict[Engine, dict[str, float]]] = {  # qrcode writes a PNG in less time than an SVG
    "zxing-cpp": {"SVG": 0.03, "PNG": 0.04},
    "qrcode": {"SVG": 0.2, "PNG": 0.2},
}


def run(effort: Effort) -> Iterator[Result]:
    """Yield results for a link (version 4) and a form URL of 300 characters (13), with each engine."""
    email, userid, campaign, store = references.USER
    project = Project(references.PID, key=references.KEY_TEXT, cipher="gcm")
    url = project.form_url(
        email=email, userid=userid, cf1=campaign, cf2=store, allowed_countries="USA,KOR", age_limit=False
    )
    for name, text in (("a link", _LINK), ("a form URL", url)):
        took = side_by_side(
            {
                "reference SVG": partial(_reference, text, image_factory=SvgPathImage),
                "reference PNG": partial(_reference, text),
                **{f"{engine} SVG": partial(_svg, text, engine) for engine in _GOALS},
                **{f"{engine} PNG": partial(_png, text, engine) for engine in _GOALS},
            },
            effort,
        )
        for engine, goals in _GOALS.items():
            for kind, goal in goals.items():
                yield Result(
                    work=f"QR of {name} to {kind}, {engine}",
                    reference=f"qrcode to {kind}",
                    ours=took[f"{engine} {kind}"],
                    theirs=took[f"reference {kind}"],
                    goal=goal,
                )
        yield Result(
            work=f"QR of {name} as SVG",
            reference="qrcode's SVG path",
            ours=len(_svg(text, "qrcode")),
            theirs=len(_reference(text, image_factory=SvgPathImage)),
            goal=0.25,
            unit="B",
        )


def _svg(text: str, engine: Engine) -> bytes:
    return make_qr(text, engine=engine).to_svg().encode()


def _png(text: str, engine: Engine) -> bytes:
    return make_qr(text, engine=engine).to_png()


def _reference(text: str, **options: Any) -> bytes:
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(text)
    code.make(fit=True)
    file = io.BytesIO()
    code.make_image(**options).save(file)
    return file.getvalue()
