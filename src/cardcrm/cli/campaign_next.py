"""`campaign next`: the next message of a campaign, to be copied into a messenger or a profile."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cardcrm.cli.arguments import session_of
from cardcrm.cli.mail_options import CampaignName, describe_left_out
from cardcrm.cli.result import Page, Result
from cardcrm.cli.session import Session
from cardcrm.errors import UsageError
from cardcrm.sheet import Card
from cardcrm.text import sanitize

if TYPE_CHECKING:
    from cardcrm.records.campaigns.outreach import PendingRecipient

app = typer.Typer()
_KEYS = ("contact_id", "contact", "address", "url", "text")


@app.command("next")
def show_next(
    ctx: typer.Context,
    name: CampaignName,
    sent: Annotated[
        bool, typer.Option("--sent", help="Log the message that was shown, and show the one after.")
    ] = False,
    no_open: Annotated[bool, typer.Option("--no-open", help="Do not open the profile.")] = False,
) -> Result:
    """Show the next message of a campaign, to be copied into a messenger.

    On a terminal the text is also copied to the clipboard, and the profile opened by the program of
    the setting `open-command`. Once you have sent the message, --sent logs it.

    Examples:
        cardcrm campaign next chat

        cardcrm campaign next chat --sent

        cardcrm campaign next chat --no-open

    """
    from cardcrm.mail.letters import fill_in
    from cardcrm.records import records
    from cardcrm.records.campaigns import outreach
    from cardcrm.records.campaigns.channel import MESSAGE
    from cardcrm.records.contacts import contact_queries

    session = session_of(ctx)
    store = session.store()
    campaign = records.find(store, "campaign", name)
    outreach.refuse_channel(campaign, MESSAGE)
    waiting, refused = outreach.find_unsent(store, campaign)
    notes = describe_left_out(refused.values())
    if sent:
        done = waiting[:1]
        del waiting[:1]
        texts = [(each, fill_in(store, campaign, each, session.config).text) for each in done]
        outreach.mark_sent(store, campaign, texts)
        names = [contact_queries.get(store, each.contact_id).name for each in done]
        notes += tuple(f"logged the message to {each}" for each in names)
    if not waiting:
        data = {**dict.fromkeys(_KEYS), "waiting": 0}
        none = None if session.is_for_people else Card("", data=data)
        return Result(none, notes=(*notes, "all messages are sent"))
    text = fill_in(store, campaign, waiting[0], session.config).text
    warnings: tuple[str, ...] = ()
    if session.has_reader and session.format == "table":
        handed, warnings = _hand_over(session, text, "" if no_open else _to_url(waiting[0].address))
        notes += handed
    return Result(_show(session, waiting, text), notes=notes, warnings=warnings)


def _hand_over(session: Session, text: str, url: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Copy a text and open a URL; return what was done, and what could not be."""
    from cardcrm.cli.desktop import copy_text, open_url

    notes = []
    if copy_text(session, text):
        notes.append("copied the text to the clipboard")
    problem = open_url(session, url) if url else ""
    if url and not problem:
        notes.append(f"opening {url}")
    return tuple(notes), (problem,) if problem else ()


def _show(session: Session, waiting: "list[PendingRecipient]", text: str) -> Page | Card:
    """Return a message as text for people, and as an object for programs."""
    from cardcrm.records.contacts import contact_queries

    store, first = session.store(), waiting[0]
    name = contact_queries.get(store, first.contact_id).name
    url = _to_url(first.address)
    if session.format == "table":
        head = f"To:    {name}\nOpen:  {url or first.address}\nLeft:  {len(waiting):,}"
        shown = sanitize(f"{head}\n\n{text}", newlines=True)
        return Page(lambda _color, _width: shown + "\n")
    data: dict[str, Any] = {
        "contact_id": first.contact_id,
        "contact": name,
        "address": first.address,
        "url": url or None,
        "text": text,
        "waiting": len(waiting),
    }
    facts = tuple((key, str(value)) for key, value in data.items() if value)
    return Card(name, facts=facts, data=data)


def _to_url(address: str) -> str:
    """Return the URL of a profile, "" for a handle without one."""
    from cardcrm.opener import to_url

    if "/" not in address:
        return ""
    try:
        return to_url("web", address)
    except UsageError:
        return ""
