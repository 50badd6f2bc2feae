"""Tests of the rules, on the smallest worlds that show the point."""
