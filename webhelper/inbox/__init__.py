"""The address that receives the vendor's webhooks."""
