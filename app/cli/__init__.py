"""python -m app …: what an operator or a witness runs in a terminal (命令行)."""
