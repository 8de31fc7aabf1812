"""Kinds of others, judged by their CustomResourceDefinitions."""
