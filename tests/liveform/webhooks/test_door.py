"""Tests of the names that ``liveform.webhooks`` exports, and of its import."""

import inspect
import subprocess
import sys

import pytest

from liveform import webhooks

WITHOUT = """
import sys
sys.modules[{module!r}] = None
import liveform.webhooks
"""


def test_all_is_sorted_and_complete() -> None:
    """``__all__`` lists constants, classes and functions, each kind in order."""
    kinds = [(not name.isupper(), name[0].islower(), name) for name in webhooks.__all__]
    assert kinds == sorted(kinds)


@pytest.mark.parametrize("name", [name for name in webhooks.__all__ if not name.isupper()])
def test_exported_name_is_documented(name: str) -> None:
    """Every exported class and function has a docstring, and every function lists its errors."""
    member = getattr(webhooks, name)
    assert inspect.getdoc(member)
    assert inspect.isclass(member) or "Raises:" in (inspect.getdoc(member) or "")


def run(code: str) -> str:
    """Return what another Python prints to its standard error for this code."""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False).stderr


def test_import_without_msgspec_says_what_to_install() -> None:
    """Without msgspec, the import names the extra."""
    assert "ConfigError: msgspec: is not installed; it comes with the extra liveform[webhooks]" in run(
        WITHOUT.format(module="msgspec")
    )


def test_import_without_something_else_says_so() -> None:
    """Another missing module is not taken for msgspec."""
    assert "ModuleNotFoundError" in run(WITHOUT.format(module="liveform.vendor_times"))


def test_import_needs_msgspec_alone() -> None:
    """The import loads no HTTP client and nothing else of the extra ``liveform[rest]``."""
    code = "import sys, liveform.webhooks; print(*sys.modules, file=sys.stderr)"
    loaded = {name.split(".")[0] for name in run(code).split()}
    assert "msgspec" in loaded
    assert not loaded & {"httpx2", "httpx", "anyio", "pyrate_limiter", "flask"}
