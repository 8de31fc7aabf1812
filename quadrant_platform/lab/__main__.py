"""`python -m quadrant_platform.lab`."""

from quadrant_platform.lab.cli import main

main()
