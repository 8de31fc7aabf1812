"""The Common Expression Language, as definitions write their rules in it."""
