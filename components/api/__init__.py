"""The read API (``/api/v1``): the published facts for a spreadsheet, a script or another application."""
