"""Tests of the signals and of the values that they bring."""

from dataclasses import FrozenInstanceError, fields

import pytest

from webhelper.messages import signals
from webhelper.messages.signals import EventMessage, OutcomeMessage


def test_signals_have_names_and_say_what_they_bring() -> None:
    """Each signal has its name, which the log shows, and a description that names its message."""
    found = {
        name: getattr(signals, name) for name in ("event_received", "outcome_confirmed", "claim_refuted")
    }
    for name, signal in found.items():
        assert signal.name == name.replace("_", "-")
        kind = EventMessage if name == "event_received" else OutcomeMessage
        assert signal.__doc__.endswith(f"; message: {kind.__name__}.")
    assert set(signals.__all__) == {*found, "EventMessage", "OutcomeMessage"}


@pytest.mark.parametrize("kind", [EventMessage, OutcomeMessage])
def test_message_does_not_change(kind: type) -> None:
    """A handler cannot change the message that the next handler gets."""
    names = [field.name for field in fields(kind)]
    message = kind(**dict.fromkeys(names))
    for name in names:
        with pytest.raises(FrozenInstanceError):
            setattr(message, name, "another")
    with pytest.raises((AttributeError, TypeError)):
        message.other = 1
    with pytest.raises(TypeError):
        kind(*names)
