"""NetworkPolicies evaluated: selectors, addresses, connectivity, and the proof against the matrix."""
