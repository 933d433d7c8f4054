"""Pure rules of the roster: how a personnel sheet is read, who may be drawn, what is frozen.

`grid` the sheet as values · `header` which column is which · `check` sheet → plan of import ·
`sheet` · `row` · `personal` · `duplicates` its steps ·
`people` officers and their words · `identity` ID numbers and masks · `dates` · `counties` ·
`eligibility` · `freezing` · `refusals` files that are not workbooks ·
`directory` refusals about officers, counties and versions · `amending` one officer by hand.
"""
