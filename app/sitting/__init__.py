"""Sitting (作答): one candidate, one exam, from the ticket to the receipt."""
