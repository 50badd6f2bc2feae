"""Tests of crossrole."""
