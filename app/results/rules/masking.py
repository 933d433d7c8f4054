"""Certificate numbers as a release shows them."""

EDGE = 3


def masked(certificate: str) -> str:
    """The first and last three characters of a certificate number (执法证件号); of a short one
    less: it tells two namesakes apart and is of no other use.

    >>> masked("080101000001"), masked("53"), masked("")
    ('080******001', '**', '')
    """
    edge = min(EDGE, len(certificate) // 3)
    stars = "*" * (len(certificate) - 2 * edge)
    return certificate[:edge] + stars + certificate[len(certificate) - edge :]
