"""The web helper: a Flask app that makes signed links and QR codes to Liveforms, and reads the returns.

``create_app`` is in ``webhelper.app``, which is imported when it is first used: pytest loads the plugin
``webhelper.testing`` also where Flask is not installed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from webhelper.app import create_app

__all__ = ["create_app"]


def __getattr__(name: str) -> object:
    if name != "create_app":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from webhelper.error_reports import names_extra  # noqa: PLC0415 - the reason stands above

    with names_extra():
        from webhelper.app import create_app  # noqa: PLC0415
    return create_app
