"""Results (成绩): standings, county scores, picks, and immutable releases."""
