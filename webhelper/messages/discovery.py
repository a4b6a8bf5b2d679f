"""Finds the handlers of a site: the modules of ``HANDLERS``, and the entry points of installed packages."""

from __future__ import annotations

import traceback
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Final

from liveform import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable

ENTRY_POINTS: Final = "liveform.webhelper"
_NEITHER: Final = "is neither a module nor a function that takes the app"


def import_handlers(modules: Iterable[str]) -> None:
    """Import the modules of the setting ``HANDLERS``, which connect their handlers to the signals.

    Raises:
        ConfigError: some cannot be imported. It names them, and says in which line.
    """
    faults = []
    for name in modules:
        try:
            import_module(name)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - the module is somebody else's
            faults.append(("HANDLERS", f"{name} cannot be imported: {_cause(error)}"))
    if faults:
        raise ConfigError(*faults)


def load_entry_points(app: object) -> None:
    """Load the entry points ``liveform.webhelper``: a module is imported, a callable called with the app.

    Raises:
        ConfigError: some cannot be loaded. It names them, and says in which line.
    """
    faults = []
    for entry_point in entry_points(group=ENTRY_POINTS):
        try:
            loaded = entry_point.load()
            problem = "" if isinstance(loaded, ModuleType) or callable(loaded) else _NEITHER
            if callable(loaded):
                loaded(app)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - the package is somebody else's
            problem = f"cannot be loaded: {_cause(error)}"
        if problem:
            faults.append((f"entry point {entry_point.name} of {ENTRY_POINTS}", problem))
    if faults:
        raise ConfigError(*faults)


def _cause(error: BaseException) -> str:
    """Return the class of an error and the line where it was raised, without its message."""
    if isinstance(error, ModuleNotFoundError):
        return f"there is no module {error.name}"
    if isinstance(error, SyntaxError):
        return f"SyntaxError in {Path(error.filename or '').name}, line {error.lineno}"
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if not frame.filename.startswith("<")]
    return f"{type(error).__name__} in {Path(ours[-1].filename).name}, line {ours[-1].lineno}"
