"""Redis, alone or under Sentinel."""
