"""The settings of the app: their rules, how they are read from the environment, and those of a demo."""
