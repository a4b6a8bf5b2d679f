"""How claims become confirmed outcomes: webhooks that were received, and questions to the API. No Flask."""
