"""The RAM policy language: parse, render, match, decide. Pure; reads nothing."""
