"""What the server runs. It stands apart on purpose.

Streamlit takes a folder ``pages`` beside its script for an older kind of navigation, and puts the
script's folder first on the import path; neither does harm here.
"""

from dashboards.app import main

main()
