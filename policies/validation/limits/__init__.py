"""Limits on what a namespace or a workload takes: quotas, ranges, budgets and autoscalers."""
