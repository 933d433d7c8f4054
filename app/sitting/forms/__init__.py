"""Forms of the sitting and of its hall."""
