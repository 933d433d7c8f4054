"""The rules of a sitting: the moment, the answer, the hall, the receipt.

The server's clock is the only clock. Every moment is an argument, aware, in UTC.
"""
