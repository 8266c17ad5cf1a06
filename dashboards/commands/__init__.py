"""One command a file; heavy libraries are imported when a command needs them, not before."""
