"""Frozen values that every floor shares. They hold facts and decide nothing."""
