"""One account's snapshot, parsed and indexed for questions.

It decides nothing about danger; it answers what is trusted, granted and there, and
says where the snapshot cannot answer.
"""
