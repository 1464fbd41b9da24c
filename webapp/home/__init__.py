"""The first page, the app shell and the demo."""
