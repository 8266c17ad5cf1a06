"""Files that people take away: one module a kind of document."""
