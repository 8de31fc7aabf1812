"""The steps that start and remove the lab, and the checks before them."""
