"""The personnel sheet as a file: openpyxl on one side, plain values on the other.

`containers` says what a file is that is no workbook · `reading` file → grid · `writing` template,
list of problems, officers → file.
"""
