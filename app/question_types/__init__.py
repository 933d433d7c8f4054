"""题型 (question types): one file per kind, pure: what is asked, answered and earned.

题面、标准答案、作答三种结构和计分都在这里；不碰数据库、网页、时钟和随机数。
从 `registry` 进入：它对任何作答文本都给得出分和理由，从不报错。
"""
