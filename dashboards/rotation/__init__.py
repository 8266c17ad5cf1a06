"""The rotation calendar in parts: its views, its editor, and what planners do with a draft."""
