"""Rules of circulars (通报规则): the document as data, its text, its sheets, its widths."""
