"""Forms of contests: `opening` a new one · `declared` rules · `planning` exams, draw, reasons."""
