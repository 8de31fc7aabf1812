"""Whether a stack is ready, and its status on one page."""
