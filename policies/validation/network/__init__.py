"""Services, NetworkPolicies, Ingresses and slices of endpoints."""
