"""Map the headers of tables of deals to their meaning.

This module is data. Headers are compared as those of `formats.csv.headers`. English, German,
French, Spanish, Italian, Portuguese, Dutch, Swedish and Polish ones are known, and those of other
programs.
"""

from typing import Final

DEALS: Final[dict[str, str]] = {
    "title": (
        "deal | deal name | dealname | deal title | deal - title | title | opportunity"
        " | opportunity name | potential name | lead - title | chance | verkaufschance | titel"
        " | affaire | opportunité | negocio | oportunidad | trattativa | opportunità"
        " | negócio | oportunidade | kans | affär | szansa | szansa sprzedaży"
    ),
    "amount": (
        "amount | value | deal value | deal amount | deal - value | sum | expected revenue"
        " | revenue | betrag | wert | summe | montant | valeur | importe | valor | importo"
        " | valore | bedrag | waarde | belopp | värde | kwota | wartość"
    ),
    "currency": (
        "currency | currency code | deal currency | deal - currency | currencyisocode | währung"
        " | devise | moneda | divisa | valuta | moeda | waluta"
    ),
    "stage": (
        "stage | deal stage | dealstage | stage name | stagename | deal - stage | phase"
        " | etappe | étape | etapa | fase | fas | etap"
    ),
    "status": "status | deal status | deal - status",
    "pipeline": "pipeline | deal pipeline | pipeline name | deal - pipeline | sales pipeline",
    "probability": (
        "probability | own probability | probability % | deal probability | deal - probability"
        " | win probability"
        " | chance % | wahrscheinlichkeit | probabilité | probabilidad | probabilità"
        " | probabilidade | kans % | sannolikhet | prawdopodobieństwo"
    ),
    "close": (
        "close | close date | closedate | closing date | expected close | expected close date"
        " | expected closing date | expected closing | deal - expected close date | due"
        " | abschluss | erwarteter abschluss | abschlussdatum | date de clôture"
        " | date de clôture prévue | fecha de cierre | fecha prevista de cierre"
        " | data chiusura | data de fechamento | sluitingsdatum | slutdatum"
        " | data zamknięcia"
    ),
    "closed": (
        "closed | closed at | closed on | closed date | date closed | won time | lost time"
        " | won at | lost at | deal - deal closed on | deal - won time | deal - lost time"
        " | geschlossen am"
    ),
    "opened": (
        "opened | opened on | created | created at | created on | create date | createdate"
        " | created date | createddate | add time | added | deal - deal created | date | start"
        " | erstellt am | créé le | fecha de creación | creato il"
    ),
    "source": (
        "source | lead source | leadsource | deal source | origin | quelle | herkunft"
        " | origine | origen | fonte | bron | källa | źródło"
    ),
    "partner": (
        "partner | partner name | partner account | channel partner | deal partner | dealer"
        " | reseller | distributor | vertriebspartner | händler | partenaire | revendeur"
        " | distribuidor | rivenditore | parceiro | återförsäljare"
    ),
    "competitor": "competitor | competitors | main competitor | mitbewerber | concurrent",
    "reason": (
        "reason | lost reason | loss reason | closed lost reason | deal - lost reason"
        " | reason lost | verlustgrund | raison de la perte | motivo de pérdida"
    ),
    "note": (
        "note | notes | lost note | description | comment | comments | closed won reason"
        " | next step | notiz | beschreibung | kommentar | remarque | nota | notas"
    ),
    "owner": (
        "owner | deal owner | deal - owner | opportunity owner | assigned to | assignee"
        " | sales rep | salesperson | user | besitzer | zuständig | propriétaire | propietario"
        " | responsable | responsabile | responsável | eigenaar | ägare | właściciel"
    ),
    "ref": "ref | reference | deal number | deal no | opportunity number | referenz | référence",
    "id": ("id | uid | deal id | dealid | deal - id | record id | hs object id | opportunity id"),
}
