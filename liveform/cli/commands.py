"""What each command does: one call of the library, and its answer as text and as JSON."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from liveform.cli import inputs
from liveform.errors import FieldError, MalformedError, UnexpectedValueError, shown
from liveform.parameters.model import Pipeline
from liveform.parameters.table import PARAMETERS
from liveform.wire.json_object import printable, read_object

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Iterator

    from liveform.doctor import Finding
    from liveform.project import Project
    from liveform.qr import QrCode


class CommandOutput(NamedTuple):
    """What a command prints: ``text`` for people, ``data`` with ``--json``; exit code, and stream."""

    text: str
    data: Any
    exit_code: int = 0
    stream: Literal["stdout", "stderr"] = "stdout"

    def lines(self, *, as_json: bool) -> Iterator[str]:
        """Yield what is printed."""
        yield json.dumps(self.data) if as_json else self.text


def url(arguments: Namespace) -> CommandOutput:
    """Build a URL of the command's pipeline."""
    pipeline = arguments.pipeline
    project = inputs.project(arguments, any_pid=pipeline is Pipeline.FACE_AUTH)
    named: dict[str, Any] = {
        row.name: row.value.from_text(row.name, _typed(row.name, getattr(arguments, f"parameter_{row.name}")))
        for row in PARAMETERS
        if getattr(arguments, f"parameter_{row.name}", None) is not None
    }
    extra = _extras(arguments.extra)
    if pipeline is Pipeline.FACE_AUTH:
        built = project.face_auth_url(extra=extra, **named)
    else:
        built = _builder(project, pipeline)(encrypt=False if arguments.plain else None, extra=extra, **named)
    return CommandOutput(built, {"url": built})


def _typed(name: str, text: str) -> str:
    """The text of an option; the invisible end of a script's line with CR LF would go into the URL."""
    if text.endswith("\r"):
        raise FieldError(name, "ends with a carriage return; save the script it comes from with LF")
    return text


def _builder(project: Project, pipeline: Pipeline) -> Callable[..., str]:
    if pipeline is Pipeline.KNOWLEDGE:
        return project.knowledge_url
    return project.injection_url if pipeline is Pipeline.INJECTION else project.form_url


def _extras(items: list[str]) -> dict[str, str]:
    extras: dict[str, str] = {}
    for item in items:
        name, equals, value = item.partition("=")
        if not equals:
            raise FieldError("--extra", "must be NAME=VALUE")
        if name in extras:
            raise FieldError("--extra", f"{shown(name)} is given twice")
        extras[name] = value
    return extras


def encrypt(arguments: Namespace) -> CommandOutput:
    """Encrypt a JSON object."""
    text = inputs.project(arguments, any_pid=True).encrypt(read_object(inputs.given_input(arguments)))
    return CommandOutput(text, {"encrypted": text})


def decrypt(arguments: Namespace) -> CommandOutput:
    """Open an encrypted text."""
    members = inputs.project(arguments, any_pid=True).decrypt(inputs.given_input(arguments))
    return CommandOutput(printable(json.dumps(members, ensure_ascii=False, indent=2)), members)


def read_return(arguments: Namespace) -> CommandOutput:
    """Read a Return URL."""
    from dataclasses import asdict

    claims = inputs.project(arguments, any_pid=True, returns_only=True).read_return(
        inputs.given_input(arguments)
    )
    data = asdict(claims)
    if not claims.encrypted and all(value is None for name, value in data.items() if name not in _NO_CLAIMS):
        raise MalformedError(_NOTHING_CLAIMED)
    lines = ["claims, not proof (ask the vendor's API or wait for the webhook):"]
    lines += [f"  {name:<14} {_shown(value)}" for name, value in data.items() if value not in (None, {})]
    return CommandOutput("\n".join(lines), data)


_NO_CLAIMS: Final = ("encrypted", "extra")
_NOTHING_CLAIMED: Final = (
    "holds no claim of the vendor's, such as kycStatus; give the whole Return URL, in quotes, for a shell "
    "ends it at the first &"
)


def _shown(value: object) -> str:
    return value if isinstance(value, str) and value.isprintable() else printable(json.dumps(value))


def doctor(arguments: Namespace) -> CommandOutput:
    """Find the layout of a sample."""
    from liveform.doctor import MAX_BODY_CHARS

    sample = inputs.given_input(arguments, max_bytes=MAX_BODY_CHARS)
    finding = _finding(sample, inputs.key_texts(arguments))
    settings = finding.settings()
    lines = [str(finding), *(f"{name} = {json.dumps(value)}" for name, value in settings.items())]
    lines += [] if settings else [finding.advice or "the settings of liveform cannot express this yet"]
    lines += [f"this sample also fits: {other}" for other in finding.also_fits]
    return CommandOutput("\n".join(lines), _finding_data(finding))


def _finding(sample: str, keys: list[str]) -> Finding:
    """The finding under the first key that opens the sample."""
    from liveform.doctor import find_layout

    for key in keys[:-1]:
        try:
            return find_layout(sample, key)
        except UnexpectedValueError:
            continue
    return find_layout(sample, keys[-1])


def _finding_data(finding: Finding) -> dict[str, Any]:
    return {
        "cipher": finding.cipher,
        "layout": str(finding.layout),
        "key_derivation": None if finding.derivation is None else finding.derivation.value,
        "envelope": finding.envelope,
        "shape": finding.shape,
        "settings": finding.settings(),
        "also_fits": [_finding_data(other) for other in finding.also_fits],
        **({"key": finding.key} if finding.key else {}),
        **({"advice": finding.advice} if finding.advice else {}),
    }


def qr(arguments: Namespace) -> CommandOutput:
    """Draw a QR code."""
    from liveform.qr import make_qr

    code = make_qr(inputs.given_input(arguments), level=arguments.level)
    data = {"version": code.version, "modules": code.size, "output": arguments.output}
    svg = code.to_svg(title=arguments.title)
    if arguments.output is None:
        return CommandOutput(_on_terminal(code, color=not arguments.no_color), data | {"svg": svg})
    suffix = Path(arguments.output).suffix.lower()
    if suffix not in (".svg", ".png"):
        raise FieldError("--output", "must end in .svg or .png")
    drawn = svg.encode() if suffix == ".svg" else code.to_png(module_pixels=arguments.module_pixels)
    try:
        Path(arguments.output).write_bytes(drawn)
    except (OSError, ValueError):
        raise FieldError("--output", "cannot be written") from None
    text = f"{printable(arguments.output)}: version {code.version}, {code.size} modules with the quiet zone"
    return CommandOutput(text, data)


def _on_terminal(code: QrCode, *, color: bool) -> str:
    drawing = code.to_terminal(color=color and _takes_color())
    try:
        drawing.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        raise FieldError("--output", "must be named: this terminal has no block characters") from None
    return drawing


def _takes_color() -> bool:
    """Whether stdout is a terminal that shows ANSI colours, and nobody said NO_COLOR (no-color.org)."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return not plain and sys.stdout is not None and sys.stdout.isatty()


def codes(arguments: Namespace) -> CommandOutput:
    """Print the table of vendor codes, or explain one code."""
    from liveform.cli.code_table import as_data, as_markdown, as_text, explained
    from liveform.vendor_codes import VENDOR_CODES, CodeKind, explain_code

    if arguments.markdown and (arguments.json or arguments.code is not None):
        raise FieldError("--markdown", "does not go with --json or a code")
    if arguments.kind not in (None, *CodeKind):
        raise FieldError("--kind", f"must be one of {', '.join(CodeKind)}")
    kind = None if arguments.kind is None else CodeKind(arguments.kind)
    if arguments.code is not None:
        explanation = explain_code(arguments.code, kind)
        return CommandOutput(explained(explanation), explanation._asdict())
    rows = [row for row in VENDOR_CODES if kind in (None, row.kind)]
    return CommandOutput(as_markdown(rows) if arguments.markdown else as_text(rows), as_data(rows))


def parameters(arguments: Namespace) -> CommandOutput:
    """Print the table."""
    from liveform.cli.parameter_table import as_data, as_markdown, as_text

    if arguments.markdown and arguments.json:
        raise FieldError("--markdown", "does not go with --json")
    rows = [row for row in PARAMETERS if arguments.pipeline is None or arguments.pipeline in row.places]
    return CommandOutput(as_markdown(rows) if arguments.markdown else as_text(rows), as_data(rows))
