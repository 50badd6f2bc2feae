"""Tests of the RAM policy language."""
