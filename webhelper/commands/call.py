"""What a command works with."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from liveform import FieldError

if TYPE_CHECKING:
    from argparse import Namespace

    from webhelper.commands.output import Output
    from webhelper.config.settings import Settings
    from webhelper.services import Services


class BareCall(NamedTuple):
    """One call of a command that needs no site.

    Attributes:
        arguments: the options.
        output: takes what is printed.
        now: Unix time.
    """

    arguments: Namespace
    output: Output
    now: float


class SettingsCall(NamedTuple):
    """One call of a command that opens the store in its own way, or not at all.

    Attributes:
        settings: of the site.
        arguments: the options.
        output: takes what is printed.
        now: Unix time.
    """

    settings: Settings
    arguments: Namespace
    output: Output
    now: float


class Call(NamedTuple):
    """One call of a command.

    Attributes:
        services: of the site.
        arguments: the options.
        output: takes what is printed.
        now: Unix time.
    """

    services: Services
    arguments: Namespace
    output: Output
    now: float

    def project(self) -> str | None:
        """Return the project that ``--project`` names; None without the option.

        Raises:
            FieldError: the settings have no such project.
        """
        name: str | None = self.arguments.project
        if name is not None and name not in self.services.settings.projects:
            raise FieldError("--project", f"must be one of {', '.join(self.services.settings.projects)}")
        return name
