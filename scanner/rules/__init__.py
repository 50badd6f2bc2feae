"""Rules: one module each, pure, from a judged world to findings."""
