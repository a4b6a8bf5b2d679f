"""The settings of the app: their rules, the environment and the file that give them, and a demo's."""
