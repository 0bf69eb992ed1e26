"""What a password's hash costs in an office; the other tests hash at the smallest cost."""

from __future__ import annotations

from importlib.util import find_spec, module_from_spec

from pipelines.enforcement import passwords


def test_offices_hash_at_full_cost_and_hashes_made_cheaper_are_outdated() -> None:
    spec = find_spec(passwords.__name__)
    assert spec is not None
    assert spec.loader is not None
    office = module_from_spec(spec)
    spec.loader.exec_module(office)
    made = office.hash_password("correct-horse-1949")
    assert made.startswith("$argon2id$v=19$m=65536,t=3,p=4$")  # RFC 9106, the low-memory profile
    assert office.matches(made, "correct-horse-1949")
    assert not office.outdated(made)
    assert office.outdated(passwords.hash_password("correct-horse-1949"))
