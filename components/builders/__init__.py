"""Builders of manifests that several components share."""
