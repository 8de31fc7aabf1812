"""Policies on access to the API and on the kinds that it serves."""
