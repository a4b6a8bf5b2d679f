"""Text -> the modules of a QR code, from zxing-cpp (extra ``liveform[fast]``) or qrcode (``liveform[qr]``).

A grid is bytes of ``b"1"`` (dark) and ``b"0"`` (light), row by row, without the quiet zone. Both libraries
spend most of their time on the choice of a mask, so they draw mask 0, and ``liveform.qr.mask`` chooses.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from liveform.errors import ConfigError, FieldError

if TYPE_CHECKING:
    from collections.abc import Callable

Engine: TypeAlias = Literal["qrcode", "zxing-cpp"]
Level: TypeAlias = Literal["L", "M", "Q", "H"]  # survives about 7, 15, 25, 30 % of damage

_EXTRAS: Final[dict[Engine, str]] = {"qrcode": "qr", "zxing-cpp": "fast"}
_ZEROS: Final = "has a run of zeros that qrcode cannot draw; zxing-cpp can (the extra liveform[fast])"
_MASK_0: Final = range(1)
_MASKS: Final = range(8)
_LIGHT_DARK: Final = bytes.maketrans(b"\0\1", b"01")
_BLACK_WHITE: Final = bytes.maketrans(b"\0\xff", b"10")


def side_of(version: int) -> int:
    """Return how many modules each side of a version has (ISO/IEC 18004 section 6.3.1)."""
    return 17 + 4 * version


def draw(text: str, level: Level, engine: Engine | None) -> tuple[bytes, Engine]:
    """Return the grid of a text under mask 0, and which library drew it.

    Without ``engine``, zxing-cpp draws if it is installed, and qrcode draws what zxing-cpp cannot.

    Raises:
        FieldError: the text is too long, or the library cannot draw it.
        ConfigError: the library is not installed.
    """
    refused: FieldError | None = None
    for name in _DRAW if engine is None else (engine,):
        try:
            return _DRAW[name](text, level, None, _MASK_0)[0], name
        except ImportError:
            continue
        except FieldError as error:
            refused = error
    name = engine or "qrcode"
    missing = f"is not installed, or too old; it comes with the extra liveform[{_EXTRAS[name]}]"
    raise refused or ConfigError((name, missing))


@cache
def mask_differences(engine: Engine, version: int) -> tuple[int, ...]:
    """Return, for each mask, the modules that differ from mask 0, as bits of one integer.

    They include the format information. They depend neither on the text nor on the level: the mask is
    added to the codewords (section 7.8.2), and the code of the format information is linear (Annex C).
    """
    grids = _DRAW[engine](".", "L", version, _MASKS)
    if {len(grid) for grid in grids} != {side_of(version) ** 2}:
        return (0,)  # zxing-cpp ignores what it does not know: another release may not know ``version``
    return tuple(int(grid, 2) ^ int(grids[0], 2) for grid in grids)


def _draw_with_zxing(text: str, level: Level, version: int | None, masks: range) -> list[bytes]:
    import zxingcpp  # noqa: PLC0415 - an extra

    options: dict[str, Any] = {"ec_level": level}
    if version is not None:
        options["version"] = version
    if not text.isascii():  # without an ECI (section 7.4.2) it writes Latin-1 or Shift JIS where it can
        options["eci"] = "UTF-8"
    try:
        kind = zxingcpp.BarcodeFormat.QRCode
        codes = [zxingcpp.create_barcode(text, kind, data_mask=mask, **options) for mask in masks]
        images: list[Any] = [code.to_image(add_quiet_zones=False) for code in codes]
    except (AttributeError, TypeError):
        raise ImportError("zxing-cpp is older than 3.0") from None
    except ValueError:
        raise _too_long(level) from None
    return [bytes(memoryview(image)).translate(_BLACK_WHITE) for image in images]


def _draw_with_qrcode(text: str, level: Level, version: int | None, masks: range) -> list[bytes]:
    from qrcode import QRCode, constants  # noqa: PLC0415 - an extra
    from qrcode.exceptions import DataOverflowError  # noqa: PLC0415

    correction = getattr(constants, f"ERROR_CORRECT_{level}")
    code = QRCode(version, error_correction=correction, border=0)
    code.add_data(text)
    try:
        if version is None:
            code.best_fit()
    except (DataOverflowError, ValueError):  # ValueError: 8.2 tries version 41
        raise _too_long(level) from None
    grids = []
    try:
        for mask in masks:
            code.mask_pattern = mask
            code.make(fit=False)  # the codewords are made once
            grids.append(b"".join(map(bytes, code.modules)).translate(_LIGHT_DARK))
    except ValueError:  # all codewords of a block are zero, and 8.2 takes the logarithm of the first
        raise FieldError("text", _ZEROS) from None
    return grids


def _too_long(level: Level) -> FieldError:
    way_out = "" if level == "L" else "; a lower level holds more"
    return FieldError("text", f"is too long for a QR code of level {level}{way_out}")


_DRAW: Final[dict[Engine, Callable[[str, Level, int | None, range], list[bytes]]]] = {
    "zxing-cpp": _draw_with_zxing,  # the quickest first
    "qrcode": _draw_with_qrcode,
}
