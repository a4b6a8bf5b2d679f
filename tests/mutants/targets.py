"""Which code is broken, and which tests must catch it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_LIB: Final = "tests/liveform"
_LINKS: Final = "tests/webhelper/links"

# A module or a folder -> the tests that mirror it, as paths or patterns of paths. A module's own line goes
# before its folder's.
TARGETS: Final[dict[str, tuple[str, ...]]] = {
    "liveform/ciphers.py": (f"{_LIB}/test_ciphers.py",),
    "liveform/layouts.py": (f"{_LIB}/test_layouts.py",),
    "liveform/layout_parts.py": (f"{_LIB}/test_layouts.py",),
    "liveform/keys.py": (f"{_LIB}/test_keys.py",),
    "liveform/payload.py": (f"{_LIB}/test_payload.py",),
    "liveform/engines": (f"{_LIB}/test_engines.py",),
    "liveform/parameters.py": (f"{_LIB}/test_parameters.py", "tests/test_docs.py"),
    "liveform/values.py": (f"{_LIB}/test_values.py",),
    "liveform/countries.py": (f"{_LIB}/test_countries.py",),
    "liveform/fields.py": (f"{_LIB}/test_fields.py",),
    "liveform/returns.py": (f"{_LIB}/test_returns.py",),
    "liveform/state.py": (f"{_LIB}/test_state.py",),
    "webhelper/links/tokens.py": (f"{_LINKS}/test_tokens.py",),
    "webhelper/links/states.py": (f"{_LINKS}/test_states.py",),
    "webhelper/links/sealing.py": (f"{_LINKS}/test_sealing.py",),
    "webhelper/links/base32.py": (f"{_LINKS}/test_base32.py",),
    "webhelper/links/sealed.py": (f"{_LINKS}/test_sealed.py",),
    "webhelper/links/store.py": (f"{_LINKS}/test_sqlite.py", f"{_LINKS}/test_sealed.py"),
    "webhelper/links/sqlite.py": (f"{_LINKS}/test_sqlite.py",),
    "webhelper/links/database.py": (f"{_LINKS}/test_database.py",),
    "webhelper/links/statements.py": (f"{_LINKS}/test_sqlite.py",),
    "webhelper/links/rows.py": (f"{_LINKS}/test_sqlite.py",),
    "webhelper/links/notebook.py": (f"{_LINKS}/test_notebook.py",),
    "webhelper/links/schema.py": (f"{_LINKS}/test_sqlite.py",),
    "webhelper/links/retention.py": (f"{_LINKS}/test_sqlite.py",),
}

# A folder -> the tests that run when the mirror tests have let a break pass. A break counts as survived
# only if these pass as well. They are quick ones, and the likeliest to catch something come first.
_QUICK: Final = (
    "tests/test_architecture.py",
    "tests/test_exported_members.py",
    "tests/test_secrecy.py",
    "tests/test_robustness.py",
    "tests/test_properties.py",
    "tests/regression",
)
WIDER: Final[dict[str, tuple[str, ...]]] = {
    "liveform": (f"{_LIB}/test_*.py", *_QUICK, _LINKS),
    "webhelper": (_LINKS, *_QUICK, "tests/webhelper/test_architecture.py"),
}


def listed(module: str, table: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return the tests of the first line of ``table`` that names ``module`` or a folder of it."""
    return next((tests for place, tests in table.items() if _within(module, place)), ())


def modules(root: Path, targets: Mapping[str, tuple[str, ...]], chosen: list[str]) -> list[str]:
    """Return the modules of ``targets``, in order: all, or those that ``chosen`` names by path or folder."""
    found = {
        path.relative_to(root).as_posix(): None
        for place in targets
        for path in ([root / place] if place.endswith(".py") else sorted((root / place).rglob("*.py")))
    }
    return [module for module in found if not chosen or any(_within(module, place) for place in chosen)]


def _within(module: str, place: str) -> bool:
    return module == place or module.startswith(place.rstrip("/") + "/")
