"""What is kept of a contact: a mask for the screen, a keyed hash to link by, ciphertext for the logged reveal."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, replace

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pipelines.desk import Keys
from pipelines.errors import Refused
from pipelines.personal.contacts import mask_value
from pipelines.records import Contact, StoredContact

_NONCE = 12


@dataclass(frozen=True, kw_only=True)
class SealedContact:
    """A contact ready to be stored."""

    kind: str
    masked: str
    keyed_hash: str
    ciphertext: bytes


class ContactVault:
    """Seals contacts with the two secrets of a HOME and opens them again."""

    def __init__(self, keys: Keys) -> None:
        self._hash_key = keys.contact_hmac
        self._cipher = AESGCM(keys.contact_key)

    def keyed_hash(self, contact: Contact) -> str:
        """HMAC-SHA256 of kind and value: equal contacts are found, the value is not."""
        return hmac.new(self._hash_key, f"{contact.kind}\0{contact.value}".encode(), hashlib.sha256).hexdigest()

    def seal(self, contact: Contact) -> SealedContact:
        """Everything that is stored of a contact."""
        nonce = secrets.token_bytes(_NONCE)
        sealed = self._cipher.encrypt(nonce, contact.value.encode(), contact.kind.encode())
        return SealedContact(
            kind=contact.kind,
            masked=mask_value(contact.kind, contact.value),
            keyed_hash=self.keyed_hash(contact),
            ciphertext=nonce + sealed,
        )

    def seal_account(self, source: str, account: str) -> SealedContact:
        """The account something was posted by: a nickname, linked within its platform alone."""
        account_hash = self.keyed_hash(Contact(kind="account", value=f"{source}\0{account}"))
        return replace(self.seal(Contact(kind="account", value=account)), keyed_hash=account_hash)

    def seal_organisation(self, name: str, scope: str) -> SealedContact:
        """The name of a business; the same name in another scope is another business, maybe. Empty: everywhere."""
        org_hash = self.keyed_hash(Contact(kind="org", value=f"{scope}\0{name}" if scope else name))
        return replace(self.seal(Contact(kind="org", value=name)), keyed_hash=org_hash)

    def reveal(self, stored: StoredContact) -> str:
        """The contact in clear; the caller has asked for the right and writes the log. Raises Refused."""
        try:
            value = self._cipher.decrypt(stored.ciphertext[:_NONCE], stored.ciphertext[_NONCE:], stored.kind.encode())
        except (InvalidTag, ValueError) as exc:
            raise Refused("这个联系方式不是用本机密钥加密的，无法显示") from exc
        return value.decode()
