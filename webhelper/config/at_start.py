"""What a server does with wrong settings: one list of them on stderr, and an end."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from liveform import ConfigError
from webhelper.config.setting_names import named_as_typed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_EXIT_APP: Final = (
    4  # gunicorn's code for an app that cannot be loaded, after which it starts no other worker
)


@contextmanager
def ends_with_list_of_faults(environ: Mapping[str, str]) -> Iterator[None]:
    """End the process if settings are wrong, after a list that names each as it is typed."""
    try:
        with named_as_typed(environ):
            yield
    except ConfigError as error:
        lines = [f"  {setting}: {problem}\n" for setting, problem in error.faults]
        sys.stderr.write(f"liveform cannot start. Of its settings:\n{''.join(lines)}")
        raise SystemExit(_EXIT_APP) from None
