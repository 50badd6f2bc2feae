"""How two sets of policies are compared: boxes, what can hit some and avoid others, and foci. See `scanner.policy.compare`."""
