"""Services, jobs, their configuration and their priorities."""
