"""Tests of how a site's handlers are found, and of what is said about those that cannot be."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from liveform import ConfigError
from webhelper.messages.discovery import import_handlers, load_entry_points


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A directory on the path; its modules are forgotten afterwards."""
    before = set(sys.modules)
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    for name in set(sys.modules) - before:
        del sys.modules[name]


def install(packages: Path, **entry_points: str) -> None:
    """Install a package with these entry points, as pip would."""
    info = packages / "shop-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: shop\nVersion: 1.0\n")
    lines = [f"{name} = {target}" for name, target in entry_points.items()]
    (info / "entry_points.txt").write_text("\n".join(["[liveform.webhelper]", *lines, ""]))


def test_modules_are_imported(packages: Path) -> None:
    """The modules of HANDLERS are imported."""
    (packages / "shop_handlers.py").write_text("CONNECTED = True\n")
    import_handlers(["shop_handlers"])
    assert sys.modules["shop_handlers"].CONNECTED


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("import nowhere_to_be_found\n", "there is no module nowhere_to_be_found"),
        ("\nraise ValueError('jane@example.com')\n", "ValueError in shop_handlers.py, line 2"),
        ("import sys\nsys.exit('jane@example.com')\n", "SystemExit in shop_handlers.py, line 2"),
        ("jane@example.com\n= 1\n", "SyntaxError in shop_handlers.py, line 2"),
        ("\nexec('1 / 0')\n", "ZeroDivisionError in shop_handlers.py, line 2"),
    ],
)
def test_module_that_cannot_be_imported_is_named_with_its_line(
    packages: Path, source: str, told: str
) -> None:
    """An error names the setting, the module, the class and the line, and no message."""
    (packages / "shop_handlers.py").write_text(source)
    with pytest.raises(ConfigError) as caught:
        import_handlers(["shop_handlers"])
    assert str(caught.value) == f"HANDLERS: shop_handlers cannot be imported: {told}"


def test_every_module_that_cannot_be_imported_is_named(packages: Path) -> None:
    """All modules are tried, and an error names all that are missing."""
    (packages / "shop_handlers.py").write_text("")
    with pytest.raises(ConfigError) as caught:
        import_handlers(["shop_missing", "shop_handlers", "shop_gone"])
    assert [fault.problem for fault in caught.value.faults] == [
        "shop_missing cannot be imported: there is no module shop_missing",
        "shop_gone cannot be imported: there is no module shop_gone",
    ]
    assert "shop_handlers" in sys.modules


def test_entry_point_is_called_with_the_app_or_imported(packages: Path) -> None:
    """An entry point that is a function gets the app; one that is a module is imported."""
    (packages / "shop_plugin.py").write_text("APPS = []\n\ndef connect(app):\n    APPS.append(app)\n")
    (packages / "shop_handlers.py").write_text("")
    install(packages, function="shop_plugin:connect", module="shop_handlers")
    load_entry_points("the app")
    assert sys.modules["shop_plugin"].APPS == ["the app"]
    assert "shop_handlers" in sys.modules


def test_entry_point_that_fails_is_named(packages: Path) -> None:
    """An error names each entry point that cannot be loaded, and the line, and no message."""
    source = "NUMBER = 1\n\ndef fail(app):\n    raise ValueError('jane@example.com')\n"
    (packages / "shop_plugin.py").write_text(source)
    install(packages, a="shop_plugin:fail", b="shop_plugin:NUMBER", c="shop_missing", d="shop_plugin")
    with pytest.raises(ConfigError) as caught:
        load_entry_points(None)
    assert [tuple(fault) for fault in caught.value.faults] == [
        (
            "entry point a of liveform.webhelper",
            "cannot be loaded: ValueError in shop_plugin.py, line 4",
        ),
        (
            "entry point b of liveform.webhelper",
            "is neither a module nor a function that takes the app",
        ),
        (
            "entry point c of liveform.webhelper",
            "cannot be loaded: there is no module shop_missing",
        ),
    ]


def test_site_without_handlers_needs_none() -> None:
    """Without modules and without entry points, nothing is imported and nothing fails."""
    import_handlers([])
    load_entry_points(None)
