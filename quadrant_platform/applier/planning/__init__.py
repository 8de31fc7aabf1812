"""What a stack is to be in a cluster, and what has to change for that."""
