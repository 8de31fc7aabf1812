"""The policies, one folder a subject."""
