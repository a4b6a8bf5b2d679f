"""This module makes a Vite app of tests/frontend/ with the package that ``npm pack`` makes of liveform.js."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from filelock import FileLock
from programs import required_program

import webhelper

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

STATIC: Final = Path(webhelper.__file__).parent / "static"
ROOT: Final = Path(__file__).parents[2]
FILES: Final = ROOT / "tests" / "frontend"
DOCS: Final = ROOT / "docs" / "frontends.md"
HELPER_OF_THE_DOCS: Final = "https://shop.example.com"
_QUIETLY: Final = ("--no-audit", "--no-fund", "--no-package-lock", "--silent")


def docs_blocks(language: str) -> list[str]:
    """Return the code blocks of docs/frontends.md in a language."""
    return re.findall(
        rf"^```{language}\n(.*?)^```$", DOCS.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )


def run(*command: str | Path, cwd: Path, env: Mapping[str, str] | None = None) -> str:
    """Return what a program prints, which has to succeed within two minutes."""
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env={**os.environ, **(env or {})},
        capture_output=True,
        check=False,
        encoding="utf-8",
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def packages() -> Path:
    """Return a folder with the packages of tests/frontend/package.json, which later runs find there.

    Without npm or its registry, the test fails in CI, and is skipped elsewhere.
    """
    npm, wanted = required_program("npm"), (FILES / "package.json").read_bytes()
    name = f"liveform-frontend-{os.getuid()}-{hashlib.sha256(wanted).hexdigest()[:12]}"
    folder = Path(tempfile.gettempdir()) / name
    folder.mkdir(mode=0o700, exist_ok=True)
    assert folder.stat().st_uid == os.getuid()
    with FileLock(folder / "lock"):
        if not (folder / "complete").exists():
            (folder / "package.json").write_bytes(wanted)
            done = subprocess.run(
                [npm, "install", *_QUIETLY], cwd=folder, capture_output=True, check=False, timeout=300
            )
            if done.returncode != 0 and not os.environ.get("CI"):
                pytest.skip("npm cannot install the packages of tests/frontend")
            assert done.returncode == 0, done.stderr
            (folder / "complete").touch()
    return folder


def packed(folder: Path) -> Path:
    """Return the package that ``npm pack`` makes of the folder of liveform.js."""
    run(required_program("npm"), "pack", "--silent", "--pack-destination", folder, STATIC, cwd=folder)
    (package,) = folder.glob("liveform-web-*.tgz")
    return package


@contextmanager
def new_app() -> Iterator[Path]:
    """Yield a new folder in which ``liveform-web`` and the other packages are installed."""
    folder = Path(tempfile.mkdtemp(prefix="app-", dir=packages()))
    try:
        (folder / "package.json").write_text('{"private": true, "type": "module"}', encoding="utf-8")
        package = packed(folder)
        run(required_program("npm"), "install", "--offline", "--no-save", *_QUIETLY, package, cwd=folder)
        yield folder
    finally:
        shutil.rmtree(folder)


def build_app(folder: Path, helper: str) -> Path:
    """Build the app of tests/frontend/app with the blocks of the docs, and return the folder to serve.

    It is React's development build: ``StrictMode`` does nothing in the other.
    """
    shutil.copytree(FILES / "app", folder, dirs_exist_ok=True)
    hook, done, code = docs_blocks("jsx")
    (vue,) = docs_blocks("vue")
    blocks = {"useLiveformReturn.jsx": hook, "Done.jsx": done, "Code.jsx": code, "Done.vue": vue}
    for name, block in blocks.items():
        (folder / name).write_text(block, encoding="utf-8")
    for name in (*blocks, "vue.js"):
        text = (folder / name).read_text(encoding="utf-8")
        (folder / name).write_text(text.replace(HELPER_OF_THE_DOCS, helper), encoding="utf-8")
    vite = folder.parent / "node_modules" / "vite" / "bin" / "vite.js"
    development = {"NODE_ENV": "development"}
    node = required_program("node")
    run(node, vite, "build", "--mode", "development", "--logLevel", "warn", cwd=folder, env=development)
    return folder / "dist"
