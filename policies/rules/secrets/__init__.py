"""Policies on credentials, and on Secrets and their use."""
