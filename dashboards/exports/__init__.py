"""Files that people take away: each made from a run, the same run giving the same bytes."""
