"""The kinds that make pods."""
