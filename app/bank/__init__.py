"""Bank (题库): laws and their dates, questions and their life, import and check."""
