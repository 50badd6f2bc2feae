"""Measurements: `make bench` prints them. They assert nothing about time."""
