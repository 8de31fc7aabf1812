"""The base of every component, and the registration of what it builds."""
