"""Objects that hold texts, and those that only have a name."""
