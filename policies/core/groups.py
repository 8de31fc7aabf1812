"""The groups of stack policies: the engine runs each as one policy."""

from quadrant_platform.policies.core.policy import Group

ISOLATION = Group(name="network-isolation", title="Segments are isolated as the matrix says")
SURFACE = Group(name="public-surface", title="One way in, one way out, and every public route guarded")
CONSISTENCY = Group(name="consistency", title="Objects that refer to each other fit together")
ADVICE = Group(name="stack-advice", title="What a stack should also do")
OPERATIONS = Group(
    name="operations",
    title="Secrets stay with their consumers, nothing runs in debug mode, critical workloads have copies",
)
EXEMPTIONS = Group(name="exemptions", title="Exemptions are used and in force")
