"""The route of webhooks: who may post, how much, and what is answered."""
