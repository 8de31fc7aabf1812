"""Kubernetes platforms in four isolated segments, from one YAML file."""
