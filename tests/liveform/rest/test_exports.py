"""Tests of the names that ``liveform.rest`` exports."""

import inspect
import subprocess
import sys
from typing import Any, NoReturn

import pytest

import liveform.rest
from liveform import ConfigError


@pytest.mark.parametrize("name", liveform.rest.__all__)
def test_exported_name_exists_and_is_documented(name: str) -> None:
    """Every exported name exists, and every class has a docstring."""
    member = getattr(liveform.rest, name)
    if inspect.isclass(member):
        assert inspect.getdoc(member)


def test_names_are_sorted_and_complete() -> None:
    """``__all__`` and ``dir`` list the same names in order."""
    assert sorted(liveform.rest.__all__) == liveform.rest.__all__ == dir(liveform.rest)


def test_every_value_of_the_vendor_is_exported() -> None:
    """Each class that an answer is read into can be imported from ``liveform.rest``."""
    from liveform.rest import async_client, client  # noqa: F401 - they import every module of the package
    from liveform.vendor_values import VendorValue

    values = {
        one.__name__ for one in VendorValue.__subclasses__() if one.__module__.startswith("liveform.rest.")
    }
    assert values <= set(liveform.rest.__all__)


def test_value_of_each_class_is_frozen_and_made_by_names() -> None:
    """No attribute of an answer, or of a value inside one, changes, and each is given by its name."""
    from liveform.vendor_values import VendorValue

    members = [getattr(liveform.rest, name) for name in liveform.rest.__all__]
    kinds = [one for one in members if isinstance(one, type) and issubclass(one, VendorValue)]
    assert len(kinds) > 10
    for kind in kinds:
        value = kind()
        for name in kind.__struct_fields__:
            with pytest.raises(AttributeError, match="immutable"):
                setattr(value, name, None)
        parameters = inspect.signature(kind).parameters.values()
        assert {one.kind for one in parameters} == {inspect.Parameter.KEYWORD_ONLY}


def test_unknown_name_is_an_attribute_error() -> None:
    """An unknown name raises an AttributeError that names it."""
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        liveform.rest.nothing  # noqa: B018


@pytest.mark.parametrize("missing", ["httpx2", "pyrate_limiter", "msgspec"])
def test_missing_extra_says_what_to_install(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a library of the extra, the error names the extra."""

    def fail(_: str) -> NoReturn:
        raise ModuleNotFoundError(missing, name=missing)

    monkeypatch.setattr(liveform.rest, "import_module", fail)
    with pytest.raises(ConfigError, match=r"is not installed; it comes with the extra liveform\[rest\]"):
        liveform.rest.__getattr__("Client")


def test_other_missing_module_is_no_missing_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another module that is missing is a fault of the installation, and shows as it is."""

    def fail(_: str) -> Any:
        raise ModuleNotFoundError("x", name="other")

    monkeypatch.setattr(liveform.rest, "import_module", fail)
    with pytest.raises(ModuleNotFoundError):
        liveform.rest.__getattr__("Client")


def test_operations_need_no_http_library() -> None:
    """Building operations imports neither httpx2 nor pyrate-limiter, so webhooks do without them."""
    module = "liveform.rest.operations.submissions"
    code = f"import sys, {module}; print({{'httpx2', 'pyrate_limiter'}} & set(sys.modules))"
    answer = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert answer.stdout.strip() == "set()"
