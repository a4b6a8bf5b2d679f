"""Which nodes of a module may be broken: those that run, and are neither documentation nor messages."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_DECLARATIONS: Final = {"__all__", "__slots__"}
_PROSE: Final = {"about", "note", "source"}  # keyword arguments that only documents repeat
_TYPE_CALLS: Final = {"cast", "NewType", "ParamSpec", "TypeVar"}


@dataclass(frozen=True, slots=True)
class Site:
    """A node that may be broken.

    Attributes:
        node: the node.
        whole: the outermost f-string around it, else None. The parts of an f-string have no exact place in
            the source before Python 3.12, so that it is written anew as a whole.
        in_message: whether the node belongs to an exception, whose words may be any.
    """

    node: ast.AST
    whole: ast.JoinedStr | None = None
    in_message: bool = False


def sites(module: ast.Module) -> Iterator[Site]:
    """Yield the nodes of ``module`` that may be broken, from top to bottom."""
    yield from _below(Site(module))


def _below(site: Site) -> Iterator[Site]:
    for child in _children(site.node):
        below = replace(site, node=child, in_message=site.in_message or _is_exception(child))
        if below.in_message and _is_text(child):
            continue
        if isinstance(child, ast.JoinedStr) and site.whole is None:
            below = replace(below, whole=child)
        yield below
        yield from _below(below)


def _children(node: ast.AST) -> list[ast.AST]:
    """Return the nodes right below ``node``, without types, declarations and documentation."""
    match node:
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            left: list[ast.AST] = [*node.orelse]
        case ast.AnnAssign(annotation=annotation):
            is_type = ast.unparse(annotation).endswith("TypeAlias")
            left = [] if is_type or node.value is None else [node.target, node.value]
        case ast.Subscript(value=ast.Name(id="Literal")):
            left = []
        case ast.Call(func=ast.Name(id=name)) if name in _TYPE_CALLS:
            left = [*node.args[1:]] if name == "cast" else []
        case ast.arg():
            left = []
        case ast.FunctionDef(returns=returns) | ast.AsyncFunctionDef(returns=returns):
            left = [child for child in ast.iter_child_nodes(node) if child is not returns]
        case _:
            left = list(ast.iter_child_nodes(node))
    return [child for child in left if not _is_documentation(child)]


def _is_documentation(node: ast.AST) -> bool:
    match node:
        case ast.Expr(value=ast.Constant()):
            return True
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name in _DECLARATIONS
        case ast.keyword(arg=name):
            return name in _PROSE
        case ast.ClassDef(bases=bases):  # a protocol is a type, and its bodies never run
            return any(isinstance(base, ast.Name) and base.id == "Protocol" for base in bases)
        case _:
            return False


def _is_exception(node: ast.AST) -> bool:
    match node:
        case ast.Raise():
            return True
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name.endswith("Error")
        case _:
            return False


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)
    )
