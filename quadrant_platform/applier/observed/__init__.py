"""What a cluster serves and holds."""
