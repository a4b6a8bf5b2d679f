"""Tests of the names that ``liveform.webhooks`` exports, and of its import."""

import inspect
import subprocess
import sys
from importlib import import_module

import pytest

from liveform import ConfigError, webhooks


def import_without(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Import ``liveform.webhooks`` anew, as if ``module`` were not installed."""
    for name in [name for name in sys.modules if name.startswith("liveform.webhooks")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, module, None)
    import_module("liveform.webhooks")


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


def test_import_without_msgspec_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without msgspec, the import names the extra."""
    with pytest.raises(ConfigError, match=r"^msgspec: .* the extra liveform\[webhooks\]$"):
        import_without("msgspec", monkeypatch)


def test_import_without_something_else_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another missing module is not taken for msgspec."""
    with pytest.raises(ModuleNotFoundError):
        import_without("liveform.webhooks.triggers", monkeypatch)


def test_import_needs_msgspec_alone() -> None:
    """The import loads no HTTP client and nothing else of the extra ``liveform[rest]``."""
    code = "import sys, liveform.webhooks; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in done.stdout.split()}
    assert "msgspec" in loaded
    assert not loaded & {"httpx2", "httpx", "anyio", "pyrate_limiter", "flask"}
