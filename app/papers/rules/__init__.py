"""Rules of papers (组卷规则).

`blueprint` how many questions of what kind (组卷方案) · `presets` the blueprints that the house
offers · `pool` which questions may enter, as of a date · `matching` which rows can be filled
together · `assembly` blueprint + pool + seed → paper · `frozen` the paper and its key, apart, each
with its hash · `order` each candidate's own order of questions and options.
"""
