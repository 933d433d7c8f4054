"""Rules of the draw (随机抽取规则).

`plan` what is fixed and published before chance is known · `lots` chance → seed → full ranking ·
`record` the public transcript (抽取记录) and the next reserve · `verify` finds what does not hold ·
`figures` the entropy that a draw needs, and has · `voids` declaring a draw void.
"""
