"""The targets, by what they read."""

from typing import Final

from tests.fuzz.target import Target
from tests.fuzz.targets import bodies, settings, tables, texts, tokens

TARGETS: Final[dict[str, Target]] = {
    target.name: target for module in (texts, tokens, bodies, settings, tables) for target in module.TARGETS
}
