"""This benchmark compares two hosts on one PostgreSQL with one host: redirects of a reusable link.

A host is a gunicorn of its own, with one process on a core of its own; so two hosts have twice the cores of
one. Database and load have no core of their own on a machine with two, which is why the processor time of
each part is measured too.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final

from tests.benchmarks.harness import Effort, Result
from tests.benchmarks.hosting import OURS, new_link, serving_on_core
from tests.benchmarks.load import ClosedLoop, get
from tests.benchmarks.postgresql import server

if TYPE_CHECKING:
    from collections.abc import Iterator
