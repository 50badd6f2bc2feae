"""Use cases. Their effects go through ports only."""
