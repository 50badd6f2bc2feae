"""How two sets of policies are compared: pieces, what can hit some and avoid others, and foci. See `scanner.policy.compare`.

Small records here are named tuples and not data classes: thousands are made in a comparison, and they are
quicker to make and to import.
"""
