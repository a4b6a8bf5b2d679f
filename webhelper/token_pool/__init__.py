"""The pools of token ids of projects in private mode: filled, drawn, cleaned. No Flask."""
