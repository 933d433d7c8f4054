"""The forms of papers: the blueprint as a matrix, and the freezing of a paper."""
