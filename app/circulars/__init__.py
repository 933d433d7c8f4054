"""Circulars (通报): documents as data, painted as a workbook or a page."""
