"""The machine that Quadrant runs on: files, locks, interrupts, proxies and kubectl."""
