"""What is given: the scenario of one city and one horizon, and everything that reads it."""
