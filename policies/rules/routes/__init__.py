"""Policies on routes from outside: routers, hosts and middlewares."""
