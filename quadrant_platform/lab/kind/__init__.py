"""A cluster of kind, completed with what the lab has."""
