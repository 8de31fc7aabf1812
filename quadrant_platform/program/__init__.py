"""The Pulumi program run without a cluster, and views of the objects that it registers."""
