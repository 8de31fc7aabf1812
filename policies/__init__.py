"""What is never allowed: the policy pack, one file per concern."""
