"""Tests of reading the cloud."""
