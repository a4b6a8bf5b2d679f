"""Links: models, validation, the service that creates and opens them, and where they are kept. No Flask."""
