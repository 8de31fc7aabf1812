"""The way in through Traefik, the way out, and the routes."""
