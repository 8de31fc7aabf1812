"""Whether the API server takes the fields of an object: their types, and the values that Kubernetes validates.

The rules are those of Kubernetes 1.34 with its default feature gates, on objects that are created. A rule is a function
of a `Field`, which reads with defaults and reports by path.
"""
