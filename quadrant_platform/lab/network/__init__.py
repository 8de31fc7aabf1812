"""The node's network, the load balancer and the stand-in for the internet."""
