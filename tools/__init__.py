"""Generators and checks for developers, outside the product."""
