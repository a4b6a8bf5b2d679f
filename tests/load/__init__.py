"""An hour's worth of a chain's traffic in ten minutes, against a real server: ``make load``, docs/load.md."""
