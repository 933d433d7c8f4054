"""Load generator (压力测试): the real server in its own process, figures as CPU per deed."""
