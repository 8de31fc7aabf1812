"""Database servers, in the cluster and outside, and the poolers before them."""
