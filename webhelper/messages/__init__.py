"""What a site tells others: signals to handlers, and signed messages to its own URL. No Flask."""
