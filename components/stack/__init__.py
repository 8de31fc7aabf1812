"""The plan of a stack's settings, and the provider of its cluster."""
