"""Map the headers of tables of interactions and reminders to their meaning.

This module is data. Headers are compared as those of `formats.csv.headers`. English, German,
French, Spanish, Italian, Portuguese, Dutch, Swedish and Polish ones are known.
"""

from typing import Final

ACTIVITY: Final[dict[str, str]] = {
    "date": (
        "date | activity date | call date | meeting date | interaction date | due date | on"
        " | when | day | start | start date | start time | starts at | created | created at"
        " | create date | created date | createddate | activitydate | activity due date"
        " | timestamp | datetime | date time | date and time | sent | sent at | received"
        " | received at | logged at | completed date | date completed | contacted on"
        " | last contacted | call started at | startdatetime | activity date time | datum"
        " | tag | gesprächsdatum | am | termin | beginn | startdatum | erstellt am"
        " | date de l'appel | date du contact | jour | début | date de début | fecha"
        " | fecha de actividad | fecha de contacto | inicio | día | data | data attività"
        " | data contatto | inizio | giorno | data da atividade | data do contato | início"
        " | dia | begindatum | contactdatum | dag | aktivitetsdatum | dzień | data kontaktu"
        " | data rozmowy | data rozpoczęcia"
    ),
    "time": (
        "time | due time | activity due time | call time | uhrzeit | zeit | heure | hora"
        " | ora | tijd | tid | klockan | godzina | czas"
    ),
    "zone": (
        "time zone | timezone | zeitzone | fuseau horaire | zona horaria | fuso orario"
        " | tidszon"
    ),
    "kind": (
        "kind | type | activity type | interaction type | call type | task type | tasksubtype"
        " | channel | category | medium | event type | engagement type | communication type"
        " | art | typ | aktivitätstyp | kanal | kategorie | type d'activité | canal"
        " | catégorie | tipo | tipo de actividad | categoría | canal de contacto"
        " | tipo attività | canale | categoria | tipo de atividade | soort | kanaal"
        " | categorie | activiteitstype | aktivitetstyp | slag | rodzaj | typ aktywności"
        " | kanał"
    ),
    "direction": (
        "direction | call direction | email direction | in or out | inbound outbound"
        " | richtung | sens | dirección | direzione | direção | richting | riktning | kierunek"
        " | calltype"
    ),
    "text": (
        "text | what | note | notes | description | body | comment | comments | content"
        " | summary | message | details | call notes | call summary | meeting notes"
        " | note body | email body | activity note | note content | internal meeting notes"
        " | full comments | remarks | notiz | notizen | text notiz | beschreibung | inhalt"
        " | bemerkung | bemerkungen | kommentar | zusammenfassung | nachricht | texte"
        " | remarque | remarques | commentaire | contenu | résumé | compte rendu | texto"
        " | nota | notas | descripción | comentario | comentarios | contenido | resumen"
        " | testo | descrizione | commento | commenti | contenuto | riassunto | messaggio"
        " | descrição | comentário | conteúdo | resumo | mensagem | tekst | notitie | notities"
        " | omschrijving | opmerking | opmerkingen | inhoud | samenvatting | anteckning"
        " | anteckningar | beskrivning | innehåll | meddelande | treść | opis | notatka"
        " | uwagi | komentarz | podsumowanie"
    ),
    "subject": (
        "subject | title | topic | activity subject | call title | meeting name"
        " | meeting title | email subject | headline | activity name | betreff | titel | thema"
        " | objet | sujet | titre | asunto | título | tema | oggetto | titolo | argomento"
        " | assunto | onderwerp | ämne | rubrik | temat | tytuł"
    ),
    "outcome": (
        "outcome | result | call outcome | meeting outcome | call result | disposition"
        " | calldisposition | call disposition | ergebnis | résultat | resultado | esito"
        " | risultato | uitkomst | resultaat | resultat | utfall | wynik | rezultat"
    ),
    "minutes": (
        "minutes | duration | duration minutes | call duration | length | duration min | mins"
        " | activity duration | durationinminutes | dauer | minuten | dauer minuten | durée"
        " | minutes durée | duración | minutos | durata | minuti | duração | duur | längd"
        " | minuter | varaktighet | czas trwania | minuty"
    ),
    "seconds": (
        "seconds | duration seconds | call duration seconds | callduration in seconds"
        " | calldurationinseconds | call duration in seconds | sekunden | secondes | segundos"
        " | secondi | seconden | sekunder | sekundy"
    ),
    "participants": (
        "participants | attendees | also with | guests | people | meeting attendees | to | cc"
        " | teilnehmer | participants réunion | participantes | asistentes | partecipanti"
        " | deelnemers | deltagare | uczestnicy"
    ),
    "owner": (
        "owner | by | author | user | assigned to | activity assigned to"
        " | activity assigned to user | assigned to user | created by | logged by"
        " | activity owner | task owner | responsible | rep | agent | zuständig | benutzer"
        " | von | bearbeiter | mitarbeiter | responsable | auteur | utilisateur | propriétaire"
        " | usuario | autor | propietario | utente | assegnato a | proprietario | utilizador"
        " | usuário | atribuído a | eigenaar | gebruiker | toegewezen aan | ägare | användare"
        " | tilldelad | ansvarig | właściciel | użytkownik | przypisane do"
        " | osoba odpowiedzialna | for"
    ),
    "done": (
        "done | completed | is done | closed | isclosed | finished | complete | activity done"
        " | marked as done | done at | completed at | erledigt | abgeschlossen | fertig | fait"
        " | terminé | hecho | completado | terminado | fatto | completato | feito | concluído"
        " | gedaan | klaar | afgerond | klar | avklarad | färdig | zrobione | wykonane"
        " | ukończone"
    ),
    "status": (
        "status | task status | state | activity status | zustand | statut | état | estado"
        " | stato | situação | stan"
    ),
    "due": (
        "due | due date | due on | deadline | follow up date | follow up | reminder date"
        " | remind on | next action date | task due date | activity due date | activitydate"
        " | reminder | due at | remind me on | follow up on | next contact | next step date"
        " | fällig | fällig am | fälligkeit | fälligkeitsdatum | wiedervorlage | frist"
        " | termin | erinnerung | échéance | date d'échéance | date limite | rappel | relance"
        " | vencimiento | fecha de vencimiento | fecha límite | recordatorio | scadenza"
        " | data di scadenza | promemoria | vencimento | data de vencimento | prazo | lembrete"
        " | vervaldatum | deadline datum | herinnering | opvolgdatum | förfallodatum"
        " | förfaller | påminnelse | termin wykonania | data realizacji | przypomnienie"
    ),
    "priority": (
        "priority | task priority | importance | priorität | wichtigkeit | priorité"
        " | prioridad | priorità | prioridade | prioriteit | prioritet | priorytet"
    ),
    "every": (
        "every | recurrence | repeat | repeats | frequency | recurring | interval | rrule"
        " | cadence | wiederholung | wiederholt sich | récurrence | répétition | fréquence"
        " | repetición | frecuencia | ricorrenza | frequenza | recorrência | repetição"
        " | frequência | herhaling | frequentie | upprepning | återkommande | powtarzanie"
        " | cykliczność"
    ),
    "promise": (
        "promise | promised | versprochen | promis | prometido | promesso | beloofd | lovat"
        " | obiecane"
    ),
    "id": (
        "id | activity id | task id | call id | record id | engagement id | event id"
        " | message id | interaction id | reminder id"
    ),
    "created": "created | created at | create date | add time | activity add time | createddate",
}  # fmt: skip
