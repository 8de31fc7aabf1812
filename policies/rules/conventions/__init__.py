"""Policies on labels, namespaces and debug modes."""
