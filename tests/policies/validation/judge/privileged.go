package main

import "k8s.io/kubernetes/pkg/capabilities"

// An API server that runs a cluster's own pods allows privileged ones; without this, the package refuses them all.
func init() { capabilities.Setup(true, 0) }
