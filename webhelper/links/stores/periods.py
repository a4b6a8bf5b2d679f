"""How long a store keeps what no setting is about, whatever the engine."""

from typing import Final

DAY_S: Final = 86_400
CODES_S: Final = DAY_S  # used codes are deleted long after they have expired
UNOPENED_S: Final = 3600  # a kiosk's code that nobody opened: until nobody can have it on the phone any more
MESSAGES_S: Final = 7 * DAY_S  # after they were delivered or given up
REFUSALS_DAYS: Final = 90
