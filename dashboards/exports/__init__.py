"""Files people take away: pure functions from a run to bytes, one file a kind of document."""
