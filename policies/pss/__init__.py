"""The Pod Security Standards: every check of each profile, by version."""
