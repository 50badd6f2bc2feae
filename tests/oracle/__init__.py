"""Judges of the policy comparison that are written from the documents and share no code with it.

`naive` evaluates one request, `smt` asks a solver whether any request tells two policy sets apart, and
`worlds` enumerates small worlds whole. The only thing taken from `scanner.policy` is the table of
readings, which is an input of both sides.
"""
