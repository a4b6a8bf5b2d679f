"""Tests of the names that the package ``liveform`` exports, and of their docstrings."""

import inspect

import pytest

import liveform


def test_all_is_sorted_and_complete() -> None:
    """``__all__`` and ``dir`` list constants, classes and functions, each kind in order."""
    names = liveform.__all__
    kinds = [(not name.isupper(), name[0].islower(), name) for name in names]
    assert kinds == sorted(kinds)
    assert dir(liveform) == sorted(names)


@pytest.mark.parametrize("name", liveform.__all__)
def test_exported_name_exists_and_is_documented(name: str) -> None:
    """Every exported name exists, and every exported class and function has a docstring."""
    member = getattr(liveform, name)
    if inspect.isclass(member) or inspect.isfunction(member):
        assert inspect.getdoc(member)


def test_every_error_is_exported() -> None:
    """Every public error class can be imported from ``liveform``."""
    from liveform import errors

    classes = {
        name
        for name, member in vars(errors).items()
        if inspect.isclass(member) and issubclass(member, Exception)
    }
    assert {name for name in classes if not name.startswith("_")} <= set(liveform.__all__)


def test_unknown_name_is_an_attribute_error() -> None:
    """An unknown name of the package raises an AttributeError that names it."""
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        liveform.nothing  # noqa: B018


@pytest.mark.parametrize(
    "name",
    [
        "form_url",
        "knowledge_url",
        "injection_url",
        "encrypt",
        "decrypt",
        "read_return",
        "build_return",
        "explain",
        "client",
        "async_client",
        "from_env",
    ],
)
def test_project_method_is_documented_with_its_errors(name: str) -> None:
    """The docstring of a public method lists its errors, or refers to ``form_url`` for them."""
    doc = inspect.getdoc(getattr(liveform.Project, name)) or ""
    assert "Raises:" in doc or "as in ``form_url``" in doc or "else as ``form_url``" in doc
