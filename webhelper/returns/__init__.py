"""What comes back: the claims of a Return URL, matched with the visit that they belong to."""
