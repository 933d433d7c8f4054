"""Papers (试卷): a blueprint becomes a frozen paper, and each candidate's own order of it."""
