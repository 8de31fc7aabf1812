"""Policies on the resources of operators: what they name, watch, schedule and protect."""
