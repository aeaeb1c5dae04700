"""Read the mail accounts from the settings: the main one, and those in sections of their own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from cardcrm.config import Config
from cardcrm.errors import UsageError
from cardcrm.mail.smtp import LOCAL_HOSTS
from cardcrm.text import find_similar

MAIN = "main"
_PORTS = {"tls": 993, "starttls": 143, "none": 143}


@dataclass(frozen=True)
class Account:
    """A mailbox on an IMAP server; without ``folders`` they are INBOX and that of sent mail.

    The names of its settings begin with the ``prefix``.
    """

    name: str
    prefix: str
    host: str
    port: int
    security: str
    user: str
    folders: tuple[str, ...] = ()
    password_command: str = field(default="", repr=False)
    token_command: str = field(default="", repr=False)

    @property
    def login(self) -> str:
        """The user and the server, by which the state of the mailbox is stored."""
        return f"{self.user} {self.host}:{self.port}"


def choose_accounts(config: Config, names: Sequence[str]) -> list[Account]:
    """Return the accounts of these names, or all. Raises UsageError for an unknown one."""
    known = {each.name: each for each in _list_accounts(config)}
    unknown = next((each for each in names if each not in known), None)
    if unknown is not None:
        like = find_similar(unknown, known)
        hint = f"Did you mean {like[0]}?" if like else f"Accounts: {', '.join(known) or 'none'}."
        raise UsageError(f"unknown mail account “{unknown}”", hint)
    return [known[name] for name in dict.fromkeys(names)] or list(known.values())


def _list_accounts(config: Config) -> Iterator[Account]:
    if config.get("mail.imap-host"):
        keys = ("host", "port", "security", "user", "folders", "password-command", "token-command")
        given = {key: config.get(f"mail.imap-{key}") for key in keys}
        given["user"] = given["user"] or config.get("mail.user")
        given["password-command"] = given["password-command"] or config.get("mail.password-command")
        yield _build_account(MAIN, "mail.imap-", given)
    for name, given in config.accounts().items():
        yield _build_account(name, f"account.{name}.", given)


def _build_account(name: str, prefix: str, given: dict[str, str]) -> Account:
    """Return an account. Raises UsageError for a missing or unsafe setting."""
    for key in ("host", "user"):
        if not given.get(key):
            raise UsageError(
                f"{prefix}{key} is not set",
                f"For example: cardcrm config set {prefix}{key} "
                f"{'imap.example.com' if key == 'host' else 'me@example.com'}",
            )
    security = given.get("security") or "tls"
    port = int(float(given.get("port") or 0)) or _PORTS[security]
    if not 0 < port < 65536:
        raise UsageError(f"{prefix}port must be between 1 and 65535", f"It is set to {port}.")
    if security == "none" and given["host"] not in LOCAL_HOSTS:
        raise UsageError(
            f"the password of {given['user']} would be sent unencrypted",
            f"Set {prefix}security to tls or starttls.",
        )
    folders = (each.strip() for each in given.get("folders", "").split(","))
    return Account(
        name,
        prefix,
        given["host"],
        port,
        security,
        given["user"],
        tuple(filter(None, folders)),
        given.get("password-command", ""),
        given.get("token-command", ""),
    )
