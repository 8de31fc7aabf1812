"""The checkout that Quadrant runs from."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""The folder of the program, the stack files and the systems."""
