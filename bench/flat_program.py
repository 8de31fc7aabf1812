"""The flat rival: registers a prebuilt list of resources, without components."""

from bench.overhead import PREBUILT

for register in PREBUILT:
    register()
