"""Declare the answers about assets and contracts."""

from docs.generator.answers.declaration import Answer, Key

_ASSET = "asset service_history asset_cases asset_contracts"

KEYS = {
    "assets": Key("[contact_asset]", "assets in use, the next service first"),
    "contracts": Key("[contact_contract]", "contracts that have not ended"),
    "service_history": Key("[asset_entry]", "readings and services, the newest first"),
    "asset_cases": Key("[asset_case]", "cases about the asset, the open ones first"),
    "asset_contracts": Key("[asset_contract]", "contracts about the asset"),
    "contracts_due": Key(
        "[due_contract]", "contracts that end soon, or whose last day for notice is near"
    ),
    "deadline": Key("text", "notice (last day to give it) or end (last day of the contract)"),
    "interaction_id": Key("integer", "number of the interaction"),
}

OBJECTS = {
    "contact_asset": "id product serial warranty next_service",
    "contact_contract": "id text ends_on renewal_term price per status",
    "asset_entry": "kind on reading text interaction_id author",
    "asset_case": "id status text",
    "asset_contract": "id text ends_on status",
    "due_contract": "id text deadline due:day renewal_term contact_id contact",
}

ANSWERS = {
    "asset add": Answer((_ASSET,)),
    "asset show": Answer((_ASSET, "[asset]")),
    **{f"asset {verb}": Answer((_ASSET,)) for verb in ("reading", "service", "retire")},
    "asset recall": Answer(
        ("[{id product serial since place contact_id contact phone email}]", "[reminder]"),
        "the second form with `--remind`",
    ),
    "contract add": Answer(("contract",)),
    "contract renew": Answer(("contract", "[contract]"), "an array without a number"),
    "contract end": Answer(("contract",)),
}
