"""These tests hold the npm package of liveform.js: what is in it, its types, and what browsers can parse."""

from __future__ import annotations

import json
import re
import shutil
import tarfile
import tomllib
from typing import TYPE_CHECKING

import pytest
from frontend_apps import DOCS, FILES, ROOT, STATIC, docs_blocks, new_app, packed, run
from programs import required_program

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OF_ALL = {
    "noEmit": True,
    "strict": True,
    "skipLibCheck": False,
    "exactOptionalPropertyTypes": True,
    "target": "es2022",
    "module": "esnext",
    "moduleResolution": "bundler",
    "lib": ["es2022", "dom", "dom.iterable"],
    "types": [],
    "jsx": "react-jsx",
}
REACT_18 = {
    "react": ["../node_modules/@types/react-18"],
    "react/jsx-runtime": ["../node_modules/@types/react-18/jsx-runtime"],
}


@pytest.fixture(scope="module")
def app() -> Iterator[Path]:
    """Yield a folder in which the package and TypeScript are installed."""
    with new_app() as folder:
        shutil.copytree(FILES / "types", folder, dirs_exist_ok=True)
        shutil.copy(STATIC / "liveform.js", folder / "source_of_the_module.js")
        yield folder


def test_package_has_the_module_its_types_and_the_license(tmp_path: Path) -> None:  # J8
    """``npm pack`` packs the file that the web helper serves, and nothing that needs building."""
    with tarfile.open(packed(tmp_path)) as package:
        files = {member.name.removeprefix("package/"): package.extractfile(member) for member in package}
        assert set(files) == {"LICENSE", "README.md", "liveform.d.ts", "liveform.js", "package.json"}
        module = files["liveform.js"]
        assert module is not None
        assert module.read() == (STATIC / "liveform.js").read_bytes()
    assert (STATIC / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()


def test_package_has_the_version_of_the_project_and_depends_on_nothing() -> None:
    """Package and project have one version; there are no dependencies and no scripts."""
    package = json.loads((STATIC / "package.json").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert package["version"] == project["version"]
    assert not {"dependencies", "peerDependencies", "devDependencies", "scripts"} & set(package)


@pytest.mark.parametrize(
    ("files", "options"),
    [
        (["page.ts", "react.tsx", "address.ts", "address.d.ts"], {}),
        (["page.ts"], {"module": "nodenext", "moduleResolution": "nodenext"}),
        (["page.ts"], {"paths": {"react": ["./nowhere"]}}),
        (["react.tsx"], {"paths": REACT_18}),
        (["source.ts"], {"allowJs": True, "exactOptionalPropertyTypes": False}),
    ],
    ids=["page, React 19, docs", "node", "without React", "React 18", "comments of the module"],
)
def test_types_hold(app: Path, files: list[str], options: dict[str, object]) -> None:  # J8
    """TypeScript takes what users write, refuses what is wrong, and the module's comments say the same.

    The types of a module that is imported by address come from the block of the docs.
    """
    (block,) = docs_blocks("typescript")
    (app / "address.d.ts").write_text(block, encoding="utf-8")
    config = {"compilerOptions": OF_ALL | options, "files": files}
    (app / "tsconfig.json").write_text(json.dumps(config), encoding="utf-8")
    tsc = app.parent / "node_modules" / "typescript" / "bin" / "tsc"
    assert run(required_program("node"), tsc, "--project", ".", cwd=app) == ""


def test_types_name_everything_that_the_module_exports(app: Path) -> None:
    """The module exports what the types say, and nothing else."""
    names = run(
        required_program("node"),
        "--input-type=module",
        "--eval",
        "import * as module from 'liveform-web'; console.log(Object.keys(module).join(' '));",
        cwd=app,
    ).split()
    types = (STATIC / "liveform.d.ts").read_text(encoding="utf-8")
    assert set(re.findall(r"^export (?:function|class) (\w+)", types, re.MULTILINE)) == set(names)


def supported() -> dict[str, str]:
    """Return the versions of the table in docs/frontends.md, by the first word of each row."""
    rows = re.findall(r"^\| (\w+)[^|]*\| (\d+) \|", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    return {name.lower(): version for name, version in rows}


def test_syntax_is_that_of_the_supported_browsers(app: Path) -> None:  # J6
    """esbuild, which knows what each browser can parse, has nothing to lower for the browsers of the docs."""
    assert set(supported()) == {"chrome", "firefox", "safari", "node"}
    targets = [f"{name}{version}" for name, version in supported().items()]
    script = """
        import { readFileSync } from "node:fs";
        import { transform } from "esbuild";
        const [file, ...target] = process.argv.slice(1);
        const code = readFileSync(file, "utf8");
        const lowered = async (code, target) => (await transform(code, { target, format: "esm" })).code;
        console.log((await lowered(code, target)) === (await lowered(code, "esnext")));
        console.log((await lowered("class One { static { this.two = 2; } }", target)).includes("static {"));
    """
    node = required_program("node")
    printed = run(node, "--input-type=module", "--eval", script, STATIC / "liveform.js", *targets, cwd=app)
    assert printed.split() == ["true", "false"]
