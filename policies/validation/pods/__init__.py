"""The pods that workloads make, and a Pod itself."""
