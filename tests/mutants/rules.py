"""What a node of the syntax tree may become: each rule is one small mistake that a programmer makes."""

from __future__ import annotations

import ast
from copy import copy
from typing import TYPE_CHECKING, Final

from tests.mutants.texts import broken_bytes, broken_texts

if TYPE_CHECKING:
    from collections.abc import Iterator

_TURNED: Final[dict[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_SIGNS: Final[dict[type[ast.cmpop], str]] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.In: "in",
    ast.NotIn: "not in",
}
_SWAPPED_CALLS: Final = {"any": "all", "all": "any"}

Change = tuple[str, ast.AST]


def changes(node: ast.AST) -> Iterator[Change]:
    """Yield what may happen to ``node`` itself, in words, and the node that takes its place."""
    if isinstance(node, ast.expr):
        yield from _of_expression(node)
    elif isinstance(node, ast.stmt):
        yield from _of_statement(node)


def _of_expression(node: ast.expr) -> Iterator[Change]:
    match node:
        case ast.Compare(ops=ops):
            for index, old in enumerate(ops):
                new = _TURNED[type(old)]
                words = f"`{_SIGNS[type(old)]}` becomes `{_SIGNS[new]}`"
                yield words, _with(node, ops=[*ops[:index], new(), *ops[index + 1 :]])
        case ast.BoolOp(op=ast.And()):
            yield "`and` becomes `or`", _with(node, op=ast.Or())
        case ast.BoolOp():
            yield "`or` becomes `and`", _with(node, op=ast.And())
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield "`not` dropped", operand
        case ast.Name(id=("any" | "all") as name, ctx=ast.Load()):
            yield f"`{name}` becomes `{_SWAPPED_CALLS[name]}`", _with(node, id=_SWAPPED_CALLS[name])
        case ast.Constant(value=value):
            for words, new_value in _of_value(value):
                yield words, _with(node, value=new_value)


def _of_value(value: object) -> Iterator[tuple[str, object]]:
    match value:
        case bool():
            yield f"`{value}` becomes `{not value}`", not value
        case int():
            yield f"`{value}` becomes `{value + 1}`", value + 1
            yield f"`{value}` becomes `{value - 1}`", value - 1
        case str():
            yield from broken_texts(value)
        case bytes():
            yield from broken_bytes(value)


def _of_statement(node: ast.stmt) -> Iterator[Change]:
    match node:
        case ast.Expr():
            yield "statement dropped", ast.Pass()
        case ast.Assign(targets=targets) if any(_is_part(target) for target in targets):
            yield "assignment dropped", ast.Pass()
        case ast.AnnAssign(target=target, value=ast.expr()) if _is_part(target):
            yield "assignment dropped", ast.Pass()
        case ast.AugAssign() | ast.Delete():
            yield "statement dropped", ast.Pass()
        case ast.Raise():
            yield "`raise` dropped", ast.Pass()
        case ast.Break():
            yield "`break` becomes `continue`", ast.Continue()
        case ast.Continue():
            yield "`continue` becomes `break`", ast.Break()
        case ast.Return(value=ast.expr() as value):
            if not (isinstance(value, ast.Constant) and value.value is None):
                yield "returns None", ast.Return(value=ast.Constant(value=None))


def _is_part(target: ast.expr) -> bool:
    return isinstance(target, ast.Attribute | ast.Subscript)


def _with(node: ast.AST, **fields: object) -> ast.AST:
    new = copy(node)
    for name, value in fields.items():
        setattr(new, name, value)
    return new
