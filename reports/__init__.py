"""Pure renderers: from judged values to the text of a report."""
