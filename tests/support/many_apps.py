"""This module has the many apps of a test process share what comes of files that do not change."""

from __future__ import annotations

import sys
from functools import cache
from importlib.metadata import EntryPoints, entry_points
from typing import TYPE_CHECKING, ClassVar

from flask import Flask
from jinja2 import BytecodeCache
from werkzeug.routing import Rule

from webhelper.messages import discovery

if TYPE_CHECKING:
    import pytest
    from jinja2.bccache import Bucket


class CompiledTemplates(BytecodeCache):
    """Keeps templates that were compiled, by their names and by what is in them."""

    def __init__(self) -> None:
        self._compiled: dict[tuple[str, str], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill a bucket, if its template was compiled before."""
        compiled = self._compiled.get((bucket.key, bucket.checksum))
        if compiled is not None:
            bucket.bytecode_from_string(compiled)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what is in a bucket."""
        self._compiled[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


class SharedRule(Rule):
    """A route that is compiled once, for every app that has the same one."""

    _compiled: ClassVar[dict[tuple[object, ...], dict[str, object]]] = {}

    def compile(self) -> None:
        """Compile the rule, or take what came of that in another app."""
        slashes = self.merge_slashes, self.strict_slashes
        key = (self.rule, self.subdomain, self.host, *slashes, repr(self.defaults))
        made = self._compiled.get(key)
        if made is None:
            before = dict(vars(self))
            super().compile()
            made = {name: value for name, value in vars(self).items() if before.get(name) is not value}
            made["arguments"] = self.arguments  # which it adds to
            self._compiled[key] = made
        vars(self).update(made)


@cache
def _entry_points(_: tuple[str, ...], group: str) -> EntryPoints:
    return entry_points(group=group)


def entry_points_of_this_path(*, group: str) -> EntryPoints:
    """Return the entry points of the packages on ``sys.path``, looked for once for each path."""
    return _entry_points(tuple(sys.path), group)


def share_what_stays(patch: pytest.MonkeyPatch) -> None:
    """Have all apps of this process share what does not change."""
    patch.setitem(Flask.jinja_options, "bytecode_cache", CompiledTemplates())
    patch.setattr(Flask, "url_rule_class", SharedRule)
    patch.setattr(discovery, "entry_points", entry_points_of_this_path)
