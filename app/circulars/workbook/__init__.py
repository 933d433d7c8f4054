"""Painting a circular as a workbook (Excel 通报): openpyxl lives here and nowhere else."""
