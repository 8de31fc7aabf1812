module quadrant.dev/lab/definitions

go 1.24.0

// Read, not compiled: the CustomResourceDefinitions of operators that the lab does not run.
require (
	github.com/argoproj/argo-rollouts v1.10.1
	github.com/external-secrets/external-secrets v1.3.2
)
