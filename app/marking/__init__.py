"""Marking (阅卷): every mark with its reasons, in runs that are kept."""
