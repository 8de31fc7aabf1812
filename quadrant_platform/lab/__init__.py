"""The lab: a real one-node Kubernetes on this machine, without Docker and without a registry of images."""
