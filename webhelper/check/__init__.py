"""``liveform serve --check``: whether a site can start here, and what would be wrong with it."""
