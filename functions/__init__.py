"""Entrances for Function Compute.

There is no handler yet; the package marks the floor that they will stand on.
"""
