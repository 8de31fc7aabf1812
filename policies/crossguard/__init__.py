"""The binding of policies to Pulumi's policy engine."""
