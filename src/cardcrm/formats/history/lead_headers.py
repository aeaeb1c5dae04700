"""Map the headers of tables of leads to their meaning: those of web forms and of other programs.

This module is data. Headers are compared as those of `formats.csv.headers`. English, German,
French, Spanish, Italian, Portuguese, Dutch, Swedish and Polish ones are known.
"""

from typing import Final

LEADS: Final[dict[str, str]] = {
    "text": (
        "text | what | message | your message | request | enquiry | inquiry | comment | comments"
        " | comment or message | question | questions | notes | note | description | details"
        " | how can we help | subject | your subject | interest | interested in | requirements"
        " | nachricht | ihre nachricht | anfrage | bemerkung | betreff | message du client"
        " | demande | objet | mensaje | consulta | asunto | messaggio | richiesta | oggetto"
        " | mensagem | pedido | assunto | bericht | vraag | opmerking | onderwerp | meddelande"
        " | förfrågan | ämne | wiadomość | zapytanie | temat"
    ),
    "source": (
        "source | lead source | leadsource | utm source | utm_source | origin | channel"
        " | platform | form | form name | form_name | campaign | campaign name"
        " | how did you hear about us | how did you find us | referrer | quelle | herkunft"
        " | kampagne | origine | provenance | origen | fuente | fonte | bron | källa | źródło"
    ),
    "status": (
        "status | lead status | leadstatus | stage | lead stage | state | etat | état | estado"
        " | stato | stan"
    ),
    "owner": (
        "owner | lead owner | contact owner | assigned to | assignee | sales rep | salesperson"
        " | besitzer | zuständig | propriétaire | responsable | propietario | responsabile"
        " | responsável | eigenaar | ägare | właściciel"
    ),
    "reason": "reason | disqualification reason | unqualified reason | junk reason | grund",
    "received": (
        "created | created at | created on | create date | createdate | created date"
        " | createddate | created time | created_time | date | timestamp | time | entry date"
        " | date created | date submitted | submission date | submission time | submitted"
        " | submitted at | submitted on | submit date | submit date (utc) | conversion date"
        " | date time | date added | added | received | lead created | datum | zeitstempel"
        " | erstellt am | eingegangen am | date de création | horodateur | créé le"
        " | fecha de creación | fecha | marca temporal | data | creato il"
        " | informazioni cronologiche | carimbo de data/hora | criado em | tijdstempel"
        " | aangemaakt op | tidsstämpel | skapad | sygnatura czasowa | utworzono"
    ),
    "ref": "ref | reference | lead number | lead no | referenz | référence",
    "id": (
        "id | uid | lead id | leadid | entry id | submission id | response id | record id"
        " | hs object id | token | event id"
    ),
    # Words of web forms for the contact, beside those of every table.
    "name": (
        "name | full name | full_name | your name | yourname | contact name | lead name"
        " | first and last name | vor und nachname"
    ),
    "given": "first name | first_name | name (first) | your first name | vorname",
    "family": "last name | last_name | name (last) | your last name | nachname",
    "email": (
        "email | e-mail | email address | your email | youremail | work email | business email"
        " | work_email"
    ),
    "phone": (
        "phone | phone number | phone_number | your phone | telephone | tel | mobile"
        " | mobile number | work phone | work_phone_number"
    ),
    "org": "company | company name | company_name | organization | your company | firma",
    "city": "city | town | ort",
}

# The statuses of other programs; others, such as Salesforce's, are made of these words.
STATUS_WORDS: Final[dict[str, str]] = {
    "open": "new",
    "not contacted": "new",
    "open not contacted": "new",
    "unassigned": "new",
    "attempted to contact": "in process",
    "contacted": "in process",
    "connected": "in process",
    "working": "in process",
    "working contacted": "in process",
    "in progress": "in process",
    "in process": "in process",
    "open deal": "in process",
    "qualified": "in process",
    "pre qualified": "in process",
    "closed converted": "converted",
    "won": "converted",
    "contact in future": "recycled",
    "bad timing": "recycled",
    "nurture": "recycled",
    "nurturing": "recycled",
    "closed not converted": "dead",
    "not qualified": "dead",
    "unqualified": "dead",
    "junk": "dead",
    "junk lead": "dead",
    "lost": "dead",
    "lost lead": "dead",
    "closed": "dead",
    "disqualified": "dead",
    "spam": "dead",
}
