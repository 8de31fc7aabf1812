"""Namespaces of segments, and the NetworkPolicies that isolate them."""
