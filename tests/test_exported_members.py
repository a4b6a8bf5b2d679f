"""Tests of the names that the package ``liveform`` exports, and of their docstrings."""

import inspect
import subprocess
import sys
from typing import get_args, get_type_hints

import pytest
from public_callables import public_callables

import liveform
import liveform.rest
from liveform.parameters import argument_types
from webhelper.simulate.local_server import LocalSimulator


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
        liveform.nothing  # type: ignore[attr-defined]  # noqa: B018


@pytest.mark.parametrize(
    "name",
    [
        "errors.LiveformError",
        "project.Project",
        "crypto.keys.SecretKey",
        "parameters.table.PARAMETERS",
        "wire.encoding.Encoding",
        "settings.options",
    ],
)
def test_module_of_a_project_is_an_attribute(name: str) -> None:
    """``import liveform`` is enough for the modules that a project needs, whatever was asked for before."""
    code = f"import liveform; liveform.{name}"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_each_module_of_a_project_is_found_by_its_name() -> None:
    """What is asked for as an attribute is the module that an import statement finds."""
    found = vars(liveform)["__getattr__"]
    for name in vars(liveform)["_SUBMODULES"]:
        assert found(name) is sys.modules[f"liveform.{name}"]


def test_module_that_no_project_needs_is_imported_by_its_name() -> None:
    """The other modules are attributes only once they are imported."""
    code = "import liveform; print(hasattr(liveform, 'cli'), hasattr(liveform, 'rest'))"
    answer = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert answer.stdout == "False False\n"


def test_hints_of_every_public_callable_can_be_read() -> None:  # T8
    """``typing.get_type_hints`` works on what is public, for frameworks that read hints at run time."""
    unreadable = {}
    callables = dict(public_callables())
    for name, member in callables.items():
        try:
            get_type_hints(member)
        except (NameError, TypeError) as error:
            unreadable[name] = str(error)
    assert len(callables) > 250
    # Its private attribute is a weakref.finalize, of which only typeshed knows what it is of.
    assert set(unreadable) <= {"liveform.rest.Client"}


def test_hints_name_the_fields_of_a_url() -> None:  # T8
    """The hints of ``form_url`` lead to the typed arguments, and those of others to their classes."""
    hints = get_type_hints(liveform.Project.form_url)
    assert get_args(hints["named"]) == (argument_types.FormFields,)
    assert get_type_hints(liveform.Project.explain)["return"] is liveform.Explanation
    assert get_type_hints(liveform.Project.read_return)["return"] is liveform.ReturnClaims
    assert get_type_hints(liveform.Project.client)["return"] is liveform.rest.Client


@pytest.mark.parametrize(
    "name",
    [
        "form_url",
        "knowledge_url",
        "injection_url",
        "face_auth_url",
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


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (liveform.SecretKey, "__init__"),
        (liveform.SecretKey, "from_bytes"),
        (liveform.SecretKey, "expose_text"),
        (liveform.Ecb, "__init__"),
        (liveform.Gcm, "__init__"),
        (liveform.Cbc, "__init__"),
        (LocalSimulator, "complete"),
        (LocalSimulator, "review"),
    ],
)
def test_method_beside_a_project_is_documented_with_its_errors(owner: type, name: str) -> None:
    """The docstring of a method that refuses its arguments lists its errors, and so does that of a class."""
    documented = owner if name == "__init__" else getattr(owner, name)
    assert "Raises:" in (inspect.getdoc(documented) or "")
