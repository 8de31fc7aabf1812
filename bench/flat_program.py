"""The program of the flat rival."""

from bench.rival import PREBUILT

for register in PREBUILT:
    register()
