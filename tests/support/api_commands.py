"""This module describes what a call of the commands of the API gives in a test."""

from collections.abc import Callable
from typing import Any

from commands import Answer

ApiCommand = Callable[..., Answer]
Data = Callable[..., Any]  # the JSON that a command printed
