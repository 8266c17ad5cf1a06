"""``python -m dashboards`` is ``bureau``, for machines where scripts are not on the path."""

from dashboards.cli import main

if __name__ == "__main__":
    main()
