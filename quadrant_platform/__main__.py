"""`python -m quadrant_platform`."""

from quadrant_platform.commands.cli import main

main()
