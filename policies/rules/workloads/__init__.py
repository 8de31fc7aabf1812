"""Policies on pods: images, resources, availability and lifecycle."""
