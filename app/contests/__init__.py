"""Contests (比武): a contest, its exams, and the candidates called up by draw and nomination."""
