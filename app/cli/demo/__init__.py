"""The unattended demo contest (无人值守演示): one whole contest over the pages that people use."""
