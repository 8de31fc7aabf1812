"""A small service that keeps the contract of the systems' own: it runs in their place where their images are not."""
