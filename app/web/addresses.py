"""Addresses that leave the house: on slips and in QR codes."""

from fastapi import Request


def base(request: Request) -> str:
    """Where this house is reached from outside, without a slash at the end. Behind a proxy the
    request does not know it, so the setting BIWU_BASE_URL goes first."""
    configured: str = request.app.state.base_url
    return configured or str(request.base_url).rstrip("/")
