"""The command line, and the recorder under it."""
