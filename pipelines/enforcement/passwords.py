"""Passwords: the rules they must meet and their argon2id hashes."""

from __future__ import annotations

from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from pipelines.errors import BadInput

MIN_LENGTH = 10
MAX_LENGTH = 128
_MIN_DISTINCT = 5
#: The ones people reach for first; anything containing the user's name is refused besides.
_COMMON = ("password", "1234567890", "qwertyuiop", "mingcha", "abcd1234", "admin123", "11111111", "88888888")

#: argon2-cffi's defaults are RFC 9106's low-memory profile: 64 MiB a hash.
_hasher = PasswordHasher()
#: Several hashes at once would let a few log-in attempts take all memory.
_at_once = BoundedSemaphore(2)


def check_rules(password: str, *, name: str) -> None:
    """Raises BadInput with the rule that is broken."""
    if len(password) < MIN_LENGTH:
        raise BadInput(f"口令至少 {MIN_LENGTH} 个字符。")
    if len(password) > MAX_LENGTH:
        raise BadInput(f"口令最多 {MAX_LENGTH} 个字符。")
    if not password.isprintable():
        raise BadInput("口令里有不能显示的字符。")
    if len(set(password)) < _MIN_DISTINCT:
        raise BadInput(f"口令至少要有 {_MIN_DISTINCT} 个不同的字符。")
    lowered = password.lower()
    if name.lower() in lowered:
        raise BadInput("口令不能包含用户名。")
    if any(common in lowered for common in _COMMON):
        raise BadInput("口令太常见，请换一个。")


def hash_password(password: str) -> str:
    """An argon2id hash with its parameters and salt inside."""
    with _at_once:
        return _hasher.hash(password)


def matches(password_hash: str, password: str) -> bool:
    """Whether the password is the one that was hashed; a hash we cannot read matches nothing."""
    with _at_once:
        try:
            return _hasher.verify(password_hash, password[: MAX_LENGTH + 1])
        except (VerificationError, InvalidHashError):
            return False


def outdated(password_hash: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)
