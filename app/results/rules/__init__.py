"""Rules of results (成绩规则): totals, places, county scores, picks, releases and their check."""
