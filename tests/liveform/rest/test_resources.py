"""Tests of liveform.rest.resources and its twin: what both clients offer, by resource."""

import inspect
import re
from typing import Any

import pytest

from liveform.rest import async_resources, resources
from liveform.rest.async_calls import AsyncResource
from liveform.rest.calls import Resource

# The whole API by resource: a method that is not here is not offered.
METHODS = {
    "Submissions": ["get", "list", "by_applicant", "create", "update", "review", "delete", "erase"],
    "Images": ["get", "save", "put"],
    "Tokens": ["register", "get", "list", "count", "delete"],
    "FaceAuths": ["create", "get", "list", "image", "save_image", "delete"],
    "Aml": ["run", "report", "save_report", "monitor_add", "monitor_get", "monitor_remove"],
    "Projections": ["create", "get", "list", "delete"],
    "ProjectResource": ["settings"],
}
EACH = [(resource, method) for resource, methods in METHODS.items() for method in methods]


def classes_of(module: Any, base: type) -> dict[str, type]:
    """Return the resources of a module by name."""
    return {
        name: one
        for name, one in vars(module).items()
        if isinstance(one, type) and issubclass(one, base) and one is not base
    }


def methods_of(resource: type) -> list[str]:
    """Return the names of the public methods of a resource."""
    return [name for name, member in vars(resource).items() if callable(member) and name[0] != "_"]


def test_resources_offer_these_methods_to_both_clients() -> None:
    """Both clients have the same resources with the same methods."""
    blocking = classes_of(resources, Resource)
    coroutines = classes_of(async_resources, AsyncResource)
    assert {name: methods_of(one) for name, one in blocking.items()} == METHODS
    assert {name.removeprefix("Async"): methods_of(one) for name, one in coroutines.items()} == METHODS


@pytest.mark.parametrize(("resource", "method"), EACH)
def test_method_has_the_docstring_and_arguments_of_its_builder(resource: str, method: str) -> None:
    """Each method says what it does, which endpoint and which page of the vendor; both twins say the same."""
    one = getattr(getattr(resources, resource), method)
    other = getattr(getattr(async_resources, f"Async{resource}"), method)
    assert one.__doc__ == other.__doc__
    first = inspect.getdoc(one)
    assert first is not None
    assert "vendor page" in first
    assert re.search(r"``(GET|POST|PUT|PATCH|DELETE) /[^` ]+``", first.partition("\n")[0]) is not None


@pytest.mark.parametrize(("resource", "method"), EACH)
def test_method_is_listed_under_its_own_name(resource: str, method: str) -> None:
    """Operations are named as the caller writes them, such as ``submissions.get``."""
    names = {"FaceAuths": "face_auth", "ProjectResource": "project"}
    name = names.get(resource, resource.lower())
    built = inspect.unwrap(getattr(getattr(resources, resource), method))
    source = inspect.getsource(inspect.getmodule(built) or built)
    called = {"save": "get", "save_image": "image", "save_report": "report"}.get(method, method)
    assert f'"{name}.{called}"' in source


@pytest.mark.parametrize("module", [resources, async_resources], ids=["blocking", "async"])
@pytest.mark.parametrize(("resource", "method"), EACH)
def test_method_has_its_own_name(module: Any, resource: str, method: str) -> None:
    """A method is called as the caller writes it, in reprs and tracebacks too."""
    cls = next(one for name, one in vars(module).items() if name.removeprefix("Async") == resource)
    one = getattr(cls, method)
    assert (one.__name__, one.__qualname__) == (method, f"{cls.__name__}.{method}")


@pytest.mark.parametrize(
    ("resource", "method"), [("Images", "save"), ("FaceAuths", "save_image"), ("Aml", "save_report")]
)
def test_method_that_saves_describes_its_file(resource: str, method: str) -> None:
    """The docstring of a method that saves names the path and its errors, and no result."""
    doc = inspect.getdoc(getattr(getattr(resources, resource), method))
    assert doc is not None
    assert doc.startswith("Save ")
    assert "Returns:" not in doc
    arguments = doc.partition("\nArgs:\n")[2].partition("\n\nRaises:\n")
    assert arguments[0].startswith("    path: ")
    assert "``path``" in arguments[2]
    assert "VendorError" in arguments[2]
    assert "mode 0600" in doc
