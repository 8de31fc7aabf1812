"""Changes made to a cluster, with kubectl or with pulumi."""
