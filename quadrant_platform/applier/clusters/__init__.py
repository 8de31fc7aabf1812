"""Which cluster a stack goes to, and the clusters that Quadrant makes itself."""
