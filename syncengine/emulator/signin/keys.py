"""The key that signs id tokens: an RSA key drawn from the seed, so that a rerun signs byte for byte the same."""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

_BITS, _EXPONENT = 2048, 65_537
#: So many rounds of Miller-Rabin leave no doubt that matters for a key that guards nothing.
_ROUNDS = 12
_SMALL = [number for number in range(3, 2000, 2) if all(number % other for other in range(3, int(number**0.5) + 1, 2))]


def jwks(seed: int) -> dict[str, Any]:
    """The public key, as `/op/v1/jwks` shows it."""
    numbers = _private(seed).public_key().public_numbers()
    shown = {"kty": "RSA", "e": _integer(numbers.e), "use": "sig", "kid": _kid(numbers.n), "alg": "RS256", "n": _integer(numbers.n)}
    return {"keys": [shown]}


def signed(seed: int, claims: Mapping[str, Any]) -> str:
    """A JWT with these claims, signed RS256."""
    # Here because the library takes a tenth of a second to load, and few runs ask for an id token.
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    key = _private(seed)
    head = {"kid": _kid(key.public_key().public_numbers().n), "alg": "RS256"}
    text = ".".join(_part(json.dumps(part, separators=(",", ":")).encode()) for part in (head, claims))
    return f"{text}.{_part(key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


@lru_cache(maxsize=4)
def _private(seed: int) -> Any:
    from cryptography.hazmat.primitives.asymmetric import rsa

    stream = _stream(seed)
    while True:
        p, q = _prime(stream), _prime(stream)
        if p != q and (p - 1) % _EXPONENT and (q - 1) % _EXPONENT:
            break
    d = pow(_EXPONENT, -1, (p - 1) * (q - 1))
    public = rsa.RSAPublicNumbers(_EXPONENT, p * q)
    shortcuts = rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q)
    return rsa.RSAPrivateNumbers(p, q, d, *shortcuts, public).private_key()


def _stream(seed: int) -> Iterator[int]:
    """Numbers of half the key's length without end, always the same for one seed."""
    for place in itertools.count():
        yield int.from_bytes(hashlib.shake_256(f"signing key:{seed}:{place}".encode()).digest(_BITS // 16))


def _prime(stream: Iterator[int]) -> int:
    # The two highest bits are set, so that a product of two has the full length.
    candidate = next(stream) | 3 << (_BITS // 2 - 2) | 1
    while not _is_prime(candidate, stream):
        candidate += 2
    return candidate


def _is_prime(number: int, stream: Iterator[int]) -> bool:
    if any(number % small == 0 for small in _SMALL):
        return False
    twos = ((number - 1) & -(number - 1)).bit_length() - 1
    odd = (number - 1) >> twos
    return all(_passes(number, 2 if turn == 0 else next(stream) % (number - 3) + 2, twos, odd) for turn in range(_ROUNDS))


def _passes(number: int, base: int, twos: int, odd: int) -> bool:
    power = pow(base, odd, number)
    if power in {1, number - 1}:
        return True
    for _ in range(twos - 1):
        power = power * power % number
        if power == number - 1:
            return True
    return False


def _part(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _integer(number: int) -> str:
    return _part(number.to_bytes((number.bit_length() + 7) // 8))


def _kid(modulus: int) -> str:
    return _part(hashlib.sha256(_integer(modulus).encode()).digest()[:15])
