"""The parts of a Kubernetes node, their settings and the add-ons."""
