"""Policies on isolation: NetworkPolicies, Services and the matrix."""
