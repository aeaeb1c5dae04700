"""List the headers of columns that name the contact of a row, beside those of contacts.

This module is data. Headers are compared as those of `formats.csv.headers`. English, German,
French, Spanish, Italian, Portuguese, Dutch, Swedish and Polish ones are known.
"""

from typing import Final

PARTY: Final[dict[str, str]] = {
    "name": (
        "customer | customer name | customer full name | client | client name | buyer"
        " | buyer name | purchaser | payer | payer name | billing name | bill to | billed to"
        " | sold to | account | account name | contact | contact name | who | with | person"
        " | person name | guest | card name | cardholder | cardholder name | company contact"
        " | associated contact | associated contacts | related to | debtor | recipient"
        " | member | donor | donor name | attendee | kunde | kundin | kundenname"
        " | name des kunden | käufer | rechnungsempfänger | auftraggeber | debitor | besteller"
        " | ansprechpartner | kontakt | client nom | nom du client | nom client | acheteur"
        " | donneur d'ordre | contact client | cliente | nombre del cliente | nombre cliente"
        " | comprador | pagador | contacto | nome cliente | nome del cliente | acquirente"
        " | intestatario | contatto | ragione | nome do cliente | contato | nome | klant"
        " | klantnaam | naam klant | koper | opdrachtgever | relatie | contactpersoon | kund"
        " | kundnamn | köpare | beställare | kontaktperson | klient | nazwa klienta | nabywca"
        " | kupujący | kontrahent | odbiorca | zamawiający | imię i nazwisko | nazwisko i imię"
    ),
    "given": (
        "billing first name | customer first name | buyer first name | person first name"
        " | first name billing | nome proprio | förnamn | imię"
    ),
    "family": (
        "billing last name | customer last name | buyer last name | person last name"
        " | last name billing | cognome | sobrenome | apelido | efternamn | nazwisko"
    ),
    "org": (
        "billing company | company billing | customer company | organization name"
        " | associated company | organisation | azienda | ragione sociale | società | företag"
        " | firma klienta | nazwa firmy"
    ),
    "email": (
        "email | customer email | customer email address | billing email | buyer email"
        " | buyer email address | from email address | payer email | email billing"
        " | person email | contact email | client email | receipt email | email id"
        " | e mail adresse des kunden | absender e mail adresse | indirizzo email"
        " | email cliente | mail cliente | endereço de email | e post | epost | epostadress"
        " | adres email | email klienta"
    ),
    "phone": (
        "customer phone | billing phone | phone billing | contact phone number | buyer phone"
        " | person phone | telefono | cellulare | telefone | telemóvel | telefon klienta"
        " | numer telefonu | from number | to number | phone no"
    ),
    "customer_id": (
        "customer id | customer number | customer no | client id | client number | client no"
        " | customer reference id | contact id | associated contact ids"
        " | associated contact id | customer user id | buyer id | account number | account id"
        " | kundennummer | kundennr | kunden id | kunden nr | debitorennummer | numéro client"
        " | n client | code client | id client | número de cliente | id cliente"
        " | código cliente | codice cliente | numero cliente | código do cliente"
        " | id do cliente | klantnummer | klant id | debiteurnummer | kundnummer | kund id"
        " | numer klienta | id klienta | who id | whoid | partner id"
    ),
    "street": (
        "billing street | billing address | billing address 1 | address line 1 | address line"
    ),
    "city": "billing city | city billing | town city",
    "region": "billing province | billing state | state code billing",
    "postcode": "billing zip | billing postcode | postcode billing | zip postal code",
    "country": "billing country | billing country code | country code billing | country code",
}  # fmt: skip
