"""What serves the app: its pages, the calendar feeds, and the guard before them.

The server's command line finds ``app`` by its name and class, without running this file.
"""

import gc
from pathlib import Path

from altair.utils import schemapi
from streamlit.starlette import App

import dashboards.app  # noqa: F401 (loaded once, before anybody waits for it)
from dashboards.feedroute import routes
from dashboards.peers import guard

# Tests hold every chart to the schema; to do it again for everybody who looks at one would take a
# third of the time of a page of charts.
schemapi.DEBUG_MODE = False

# The server looks through everything for garbage whenever a page was drawn; what is loaded for good
# need not be looked through again for each of them.
gc.collect()
gc.freeze()

app = App(Path(__file__).with_name("app.py"), routes=routes(), middleware=guard())
