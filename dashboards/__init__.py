"""What people see: command line, pages, charts, and the files they take away."""
