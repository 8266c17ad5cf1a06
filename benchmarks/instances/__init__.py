"""Stored instances of the planner's benchmark family."""
