"""Certificates, Secrets and the TLS of servers."""
