"""What serves the app: its pages, the calendar feeds, and the guard before them.

The server's command line finds ``app`` by its name and class, without running this file.
"""

from pathlib import Path

from streamlit.starlette import App

from dashboards.feedroute import routes
from dashboards.peers import guard

app = App(Path(__file__).with_name("app.py"), routes=routes(), middleware=guard())
