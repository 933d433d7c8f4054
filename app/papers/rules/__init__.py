"""Rules of papers (组卷规则).

`blueprint` how many questions of what kind, and the presets · `assembly` blueprint + pool + seed →
chosen questions, and what is lacking · `freezing` the paper and its key as two documents ·
`orders` each candidate's own order.
"""
