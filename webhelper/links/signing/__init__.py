"""Everything keyed by ``SECRET_KEYS``: link tokens, visit states, signed values, sealed rows."""
