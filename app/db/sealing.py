"""Sealing of identity and phone numbers: encrypted at rest, findable by a keyed hash."""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12


class NotOurSeal(ValueError):
    """The text was not sealed with this key, or was altered since."""


@dataclass(frozen=True, slots=True)
class Vault:
    """AES-256-GCM for reading back, HMAC-SHA-256 for finding; two keys drawn from one secret by
    HKDF, so that neither gives the other away. `nonce` is chance handed in as hex.

    The keys are drawn once: an import opens and seals every number of a city.
    """

    secret: str = field(repr=False)
    _aead: AESGCM = field(init=False, repr=False, compare=False)
    _look_up_key: bytes = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_aead", AESGCM(self._key(b"biwu seal")))
        object.__setattr__(self, "_look_up_key", self._key(b"biwu look-up"))

    def seal(self, text: str, *, nonce: str) -> str:
        """`text` encrypted; the same text sealed twice looks different. A nonce that is too
        short is refused: GCM falls with the first one that repeats."""
        raw = bytes.fromhex(nonce)[:NONCE_BYTES]
        if len(raw) < NONCE_BYTES:
            raise ValueError(f"a nonce has {NONCE_BYTES} bytes")
        sealed = self._aead.encrypt(raw, text.encode(), None)
        return urlsafe_b64encode(raw + sealed).decode()

    def open(self, sealed: str) -> str:
        """The text; raises NotOurSeal."""
        try:
            raw = urlsafe_b64decode(sealed)
            return self._aead.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], None).decode()
        except (InvalidTag, ValueError) as error:
            raise NotOurSeal from error

    def lookup(self, text: str) -> str:
        """What a number is found by: equal for equal numbers, useless without the key."""
        return hmac.new(self._look_up_key, text.encode(), hashlib.sha256).hexdigest()

    def _key(self, purpose: bytes) -> bytes:
        return HKDF(SHA256(), 32, salt=None, info=purpose).derive(self.secret.encode())
