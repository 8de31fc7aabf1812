"""The generated documents: schemas, matrices, topologies, policy pages and templates."""
