"""Symbols from qrcode (extra ``liveform[qr]``).

Seven tenths of its time go into choosing a mask, so it is told one; and a third of what is left into
finding the version, which is known here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from liveform.qr.masks import Drawn

if TYPE_CHECKING:
    from liveform.qr.segments import Plan

_LIGHT_DARK: Final = bytes.maketrans(b"\0\1", b"01")


def draw(plan: Plan) -> Drawn:
    """Return the symbol of a plan.

    Raises:
        ImportError: qrcode is not installed.
    """
    from qrcode import QRCode, constants  # noqa: PLC0415 - an extra
    from qrcode.util import QRData  # noqa: PLC0415

    levels = {
        "L": constants.ERROR_CORRECT_L,
        "M": constants.ERROR_CORRECT_M,
        "Q": constants.ERROR_CORRECT_Q,
        "H": constants.ERROR_CORRECT_H,
    }
    code = QRCode(version=plan.version, error_correction=levels[plan.level], border=0, mask_pattern=0)
    for segment in plan.segments:
        code.add_data(QRData(segment.data, mode=segment.mode, check_data=False))
    code.make(fit=False)
    return Drawn(b"".join(map(bytes, code.modules)).translate(_LIGHT_DARK), mask=0)
