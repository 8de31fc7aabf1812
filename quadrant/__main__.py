"""`python -m quadrant`."""

from quadrant.cli import main

main()
