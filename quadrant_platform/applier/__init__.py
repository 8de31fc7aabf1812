"""A stack in a live cluster: which one, what is there, what has to change, and until when to wait."""
