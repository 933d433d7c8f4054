"""Sealed numbers can be read back by us, found by us, and by nobody else."""

import pytest

from app.db.sealing import NotOurSeal, Vault

NUMBER = "790101199003071234"
NONCE = "0123456789abcdef01234567"
OTHER_NONCE = "1123456789abcdef01234567"


def test_what_was_sealed_opens_again() -> None:
    sealed = Vault("a secret").seal(NUMBER, nonce=NONCE)
    assert NUMBER not in sealed
    assert Vault("a secret").open(sealed) == NUMBER


def test_one_number_sealed_twice_looks_different_and_is_found_alike() -> None:
    vault = Vault("a secret")
    assert vault.seal(NUMBER, nonce=NONCE) != vault.seal(NUMBER, nonce=OTHER_NONCE)
    assert vault.lookup(NUMBER) == Vault("a secret").lookup(NUMBER)
    assert vault.lookup(NUMBER) != vault.lookup(NUMBER[:-1] + "5")


def test_another_secret_opens_nothing_and_finds_nothing() -> None:
    sealed = Vault("a secret").seal(NUMBER, nonce=NONCE)
    with pytest.raises(NotOurSeal):
        Vault("another").open(sealed)
    assert Vault("another").lookup(NUMBER) != Vault("a secret").lookup(NUMBER)


@pytest.mark.parametrize("at", [0, 15, 30, -3])
def test_a_changed_seal_is_refused(at: int) -> None:
    sealed = Vault("a secret").seal(NUMBER, nonce=NONCE)
    other = "A" if sealed[at] != "A" else "B"
    changed = sealed[:at] + other + sealed[at:][1:]
    with pytest.raises(NotOurSeal):
        Vault("a secret").open(changed)


@pytest.mark.parametrize("text", ["", "no seal at all", "AAAA", "身份证号"])
def test_what_is_no_seal_is_refused(text: str) -> None:
    with pytest.raises(NotOurSeal):
        Vault("a secret").open(text)


def test_the_look_up_key_is_not_the_sealing_key_and_neither_is_shown() -> None:
    vault = Vault("a secret")
    assert vault._look_up_key != vault._key(b"biwu seal")
    assert repr(vault) == "Vault()"
    assert vault == Vault("a secret") != Vault("another")


def test_a_short_nonce_is_refused() -> None:
    with pytest.raises(ValueError, match="12 bytes"):
        Vault("a secret").seal(NUMBER, nonce=NONCE[:22])


def test_a_look_up_never_changes() -> None:
    """Stored hashes must be found by every later version."""
    expected = "2b276219db4a33ec24101b8659bcb3180acefad2882daedf6b4c1736278e89a5"
    assert Vault("a secret").lookup(NUMBER) == expected
