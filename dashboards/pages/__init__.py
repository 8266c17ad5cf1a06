"""The pages, one a file: each offers ``show``, which the app puts into the navigation."""
