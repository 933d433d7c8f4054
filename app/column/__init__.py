"""Column (专栏): the public pages and the complaints and suggestions page."""
