"""Map the header texts of CSV columns to their meaning.

This module is data. ``COLUMNS`` maps a target to the header texts that mean it. Texts are compared
without case, accents, spaces and punctuation, and a second time without digits, so ``E-mail 2
Address`` is found under ``email address``. A target is (property, label):

- one value a row: ``name given middle family prefix suffix org title note source stage owner
  every ref uid kind``;
- contact points ``email phone web social``, parts of an address ``street city region postcode
  country``, anniversaries ``day`` and ``relation``, all with their label; the label ``#`` means
  that the label has its own column (``E-mail 1 - Label`` beside ``E-mail 1 - Value``);
- ``birth``: the year, the month and the day of a birthday, each with a column of its own;
- ``nickname`` and ``tags``, several in a cell; ``field``, a custom field of that name;
- ``kind_flag``, whether the contact is an organization, and ``ignore``;
- ``consent`` and ``optout``, ``invalid`` and ``mailstate``, with a kind of contact points; see
  `consent_words`; ``permit status``, ``permit at`` and further parts of the consent to a purpose;
- ``label``, the label of the numbered columns of that family.
"""

from typing import Final

Target = tuple[str, str]

COLUMNS: Final[dict[Target, str]] = {
    ("name", ""): (
        "name | full name | contact | contact name | display name | customer | customer name"
        " | client | client name | person name | person | kunde | kundenname | ansprechpartner"
        " | vollständiger name | nom complet | nom et prénom | client nom | nombre completo |"
        " nombre y apellidos | cliente | contacto | naam | volledige naam | klant | klantnaam"
        " | contact full name | customer full name | your full name | member name | subscriber"
        " name | kontakt | nome completo | nome e cognome | nominativo | contatto | cliente"
        " nome | ragione sociale e nome | contato | nome do cliente | namn | fullständigt namn"
        " | hela namnet | kundnamn | kontaktperson | pełna nazwa | imię i nazwisko | pełne"
        " imię i nazwisko | klient | nazwa klienta | kontakt nazwa | anzeigename | nom affiché"
        " | nombre para mostrar | nome visualizzato | nome de exibição | weergavenaam |"
        " visningsnamn | complete name | geheel naam | voor en achternaam | name des kunden"
        " | contact person | ansprechperson | personne de contact | persona de contacto"
        " | persona di contatto | pessoa de contato | pessoa de contacto | contactpersoon"
        " | osoba kontaktowa"
    ),
    ("given", ""): (
        "first name | given name | given | forename | christian name | vorname | rufname |"
        " prénom | nombre | nombre de pila | primer nombre | voornaam | person first name |"
        " nome | nome di battesimo | primeiro nome | nome próprio | förnamn | tilltalsnamn |"
        " imię | first | contact first name | billing first name | voornamen | vornamen |"
        " prénoms | nombres"
    ),
    ("middle", ""): (
        "middle name | additional name | second name | zweiter vorname | weitere vornamen |"
        " deuxième prénom | segundo nombre | tweede voornaam | secondo nome | segundo nome |"
        " nome do meio | mellannamn | andranamn | drugie imię | imię drugie | middle | middle"
        " initial | middelste naam | tussennaam"
    ),
    ("family", ""): (
        "last name | family name | family | surname | nachname | familienname | zuname | nom"
        " | nom de famille | apellido | apellidos | achternaam | familienaam | person last"
        " name | cognome | sobrenome | apelido | último nome | efternamn | nazwisko | last |"
        " contact last name | billing last name | primer apellido | noms de famille | family"
        " names"
    ),
    ("prefix", ""): (
        "prefix | name prefix | salutation | honorific | anrede | namenspräfix | civilité |"
        " tratamiento | aanhef | aanspreektitel | titolo | trattamento | tratamento | titel |"
        " tilltal | zwrot | tytuł | title prefix | name title"
    ),
    ("suffix", ""): (
        "suffix | name suffix | namenssuffix | suffixe | sufijo | achtervoegsel | suffisso |"
        " sufixo | sufiks | przyrostek | namnsuffix"
    ),
    ("nickname", ""): (
        "nickname | nicknames | nick | alias | spitzname | spitznamen | surnom | apodo |"
        " bijnaam | roepnaam | soprannome | diminutivo | alcunha | smeknamn | pseudonim |"
        " przezwisko | ksywka | preferred name | known as | kosename | sobriquet"
    ),
    ("org", ""): (
        "org | organization | organisation | organization name | organisation name | company"
        " | company name | business | business name | firm | employer | account name |"
        " associated company | default address company | firma | firmenname | unternehmen |"
        " arbeitgeber | société | entreprise | raison sociale | empresa | compañía | razón"
        " social | bedrijf | bedrijfsnaam | organisatie | werkgever | azienda | società |"
        " ditta | ragione sociale | nome azienda | organizzazione | impresa | empresa nome |"
        " nome da empresa | razão social | companhia | organização | företag | företagsnamn |"
        " bolag | arbetsgivare | nazwa firmy | przedsiębiorstwo | spółka | organizacja |"
        " pracodawca | related company | parent company | company organisation | contact"
        " company | billing company | legal name | organización | nombre de la empresa | nom"
        " de la société | nom de l entreprise | organisme | naam bedrijf | nazwa"
    ),
    ("title", ""): (
        "title | job title | job | position | organization title | role | funktion | beruf |"
        " stellung | titre | poste | fonction | cargo | puesto | functie | beroep | occupation"
        " | ruolo | qualifica | posizione | mansione | professione | função | profissão |"
        " befattning | yrke | roll | titel befattning | stanowisko | zawód | funkcja | job"
        " position | job role | profession | puesto de trabajo | functietitel | jobtitel |"
        " berufsbezeichnung | intitulé du poste | contact job title"
    ),
    ("field", "department"): (
        "department | organization department | abteilung | departamento | afdeling | reparto"
        " | dipartimento | setor | avdelning | dział"
    ),
    ("email", ""): (
        "email | emails | email address | email addresses | mail | mail address | primary"
        " email | emailadresse | mailadresse | courriel | adresse email | adresse mail | mél |"
        " correo | correo electrónico | dirección de correo | mailadres | emailadres |"
        " customer email | person email | email address primary | indirizzo email | indirizzo"
        " di posta elettronica | posta elettronica | mail principale | endereço de email |"
        " endereço eletrônico | correio eletrónico | e post | epostadress | mejl | mejladress"
        " | adres email | poczta elektroniczna | email1 | adresse de messagerie | adresse"
        " électronique | dirección de correo electrónico | dirección de email | correo e |"
        " emailadress | kontakt email | email id | subscriber email | member email"
    ),
    ("email", "work"): (
        "work email | business email | email work | person email work | email geschäftlich |"
        " company email | email professionnel | email trabajo | werk email"
    ),
    ("email", "home"): (
        "home email | personal email | private email | email home | person email home | email"
        " privat | email personnel | email personal | privé email"
    ),
    ("email", "other"): ("other email | email other | additional email | secondary email"),
    ("email", "#"): ("email value"),
    ("label", "email"): ("email label | email type"),
    ("phone", ""): (
        "phone | phones | phone number | phone numbers | telephone | telephone number | tel |"
        " primary phone | default address phone | contact number | telefon | telefonnummer |"
        " rufnummer | numéro de téléphone | teléfono | número de teléfono | telefoon |"
        " telefoonnummer | person phone | numero di telefono | recapito telefonico | recapito"
        " | telefone | número de telefone | contacto telefónico | tfn | numer telefonu | nr"
        " telefonu | telefon kontaktowy | phone no | telephone no | telephone num |"
        " haupttelefon | telefon nr | telnr | téléphone principal | contact phone | billing"
        " phone number | nr tel"
    ),
    ("phone", "work"): (
        "business phone | work phone | office phone | phone work | business telephone |"
        " telefon geschäftlich | telefon büro | téléphone professionnel | teléfono trabajo |"
        " telefoon werk | billing phone"
    ),
    ("phone", "home"): (
        "home phone | private phone | phone home | telefon privat | téléphone domicile |"
        " teléfono casa | telefoon thuis"
    ),
    ("phone", "mobile"): (
        "mobile | mobile phone | mobile number | cell | cell phone | handy | handynummer |"
        " mobil | mobiltelefon | mobilnummer | portable | téléphone portable | tél portable |"
        " móvil | teléfono móvil | celular | mobiel | mobiele telefoon | gsm | cellulare |"
        " telefono cellulare | numero di cellulare | tel cellulare | telemóvel | telefone"
        " celular | móvel | mobiltelefonnummer | telefon komórkowy | komórka | komórkowy |"
        " numer komórkowy | nr komórki | tel komórkowy | tél mobile | mobile phone number |"
        " mobile no | cell number | sms | whatsapp | whatsapp number | portable numéro |"
        " mobiel nummer | natel | telefonino"
    ),
    ("phone", "fax"): (
        "fax | fax number | faxnummer | telefax | télécopie | other fax | fax phone | numero"
        " di fax | faks | telefaks | faxnr | fax no | weiteres fax | télécopieur"
    ),
    ("phone", "work fax"): ("business fax | work fax | fax geschäftlich"),
    ("phone", "home fax"): ("home fax | fax privat"),
    ("phone", "other"): ("other phone | phone other | alternative phone | secondary phone"),
    ("phone", "main"): (
        "company main phone | main phone | telefon firma | téléphone société | hoofdtelefoon"
        " bedrijf | company main number"
    ),
    ("phone", "car"): ("car phone | autotelefon | téléphone voiture | autotelefoon"),
    ("phone", "pager"): ("pager | pager number | pagernummer"),
    ("phone", "assistant"): (
        "assistants phone | telefon assistent | téléphone de l assistante | assistant phone"
    ),
    ("phone", "#"): ("phone value"),
    ("label", "phone"): ("phone label | phone type"),
    ("web", ""): (
        "web | website | web page | url | website url | homepage | internet | internetseite |"
        " site web | site internet | sitio web | página web | webseite | websites | company"
        " website | sito web | sito internet | sito | página da web | webbplats | hemsida |"
        " webbsida | webbadress | strona internetowa | strona www | witryna | www | webpagina"
        " | homepage url | seite internet | web page address | organization website"
    ),
    ("web", "home"): ("personal web page"),
    ("web", "#"): ("website value"),
    ("label", "web"): ("website label | website type"),
    ("social", "linkedin"): (
        "linkedin | linkedin url | linkedin profile | linkedin profile url | linkedin page |"
        " linkedin handle | profil linkedin | linkedin company page | linkedin bio"
    ),
    ("social", "twitter"): (
        "twitter | twitter handle | twitter username | x handle | twitter url | x twitter"
    ),
    ("social", "facebook"): ("facebook | facebook url | facebook page | facebook profile"),
    ("social", "instagram"): ("instagram | instagram handle | instagram url | instagram username"),
    ("social", "mastodon"): ("mastodon"),
    ("social", "im"): ("im address | screen name | im | instant messenger | chat"),
    ("social", "#"): ("im value"),
    ("label", "social"): ("im label | im service"),
    ("street", ""): (
        "street | address | street address | address line | mailing street | default address"
        " address | strasse | adresse | anschrift | straße und hausnummer | straße hausnummer"
        " | strasse nr | rue | dirección | calle | domicilio | straat | adres | straatnaam |"
        " billing street | organization address | address1 | address line 1 | indirizzo | via"
        " | via e numero | indirizzo stradale | endereço | morada | rua | logradouro | adress"
        " | gata | gatuadress | postadress | ulica | ulica i numer | adres ulica | street name"
        " | mailing address | postal address | billing address | straße und nr | adresse"
        " postale | voie | calle y número | adres straat | straat en huisnummer | person"
        " address | permanent address"
    ),
    ("city", ""): (
        "city | town | mailing city | default address city | billing city | ort | stadt |"
        " wohnort | ville | commune | ciudad | población | localidad | plaats | woonplaats |"
        " gemeente | città | comune | località | cidade | município | localidade | stad |"
        " postort | miasto | miejscowość | town city | city town | mailing city town | ville"
        " commune | stadt ort | ciudad población | stad plaats"
    ),
    ("region", ""): (
        "region | state | province | county | state province | mailing state | billing state"
        " | mailing state province | default address province code | default address province"
        " | bundesland | kanton | département région | département | estado | provincia |"
        " provincie | provincia regione | regione | distrito | uf | concelho | län | landskap"
        " | województwo | powiat | stan prowincja | dép région | canton | comté | bundesland"
        " kanton | billing state province | billing province | state region | county state"
    ),
    ("postcode", ""): (
        "postcode | postal code | zip | zip code | zip postal code | mailing zip | mailing"
        " zip postal code | mailing postal code | default address zip | billing zip | plz |"
        " postleitzahl | code postal | cp | código postal | cap | codice postale | cep |"
        " postnummer | postnr | kod pocztowy | zip code postal code | postal zip code |"
        " billing postcode | billing zip code | billing postal code | postleitzahl plz | p"
        " code | eircode | pincode"
    ),
    ("country", ""): (
        "country | country region | mailing country | default address country code | default"
        " address country | billing country | land | staat | pays | país | paese | nazione |"
        " stato paese | kraj | państwo | pays région | país región | país região | country"
        " name | country code | land region | billing country region"
    ),
    ("street", "work"): (
        "business street | work street | work address | business address po box | work street"
        " address | company address | rue bureau | straße geschäftlich | business address"
    ),
    ("city", "work"): ("business city | work city | business town | work town"),
    ("region", "work"): ("business state | work state | work region"),
    ("postcode", "work"): (
        "business postal code | work postal code | work postcode | work zip | work zip code |"
        " postleitzahl geschäftlich | business zip | business zip code"
    ),
    ("country", "work"): ("business country region | business country | work country"),
    ("street", "home"): ("home street | home address | home address po box"),
    ("city", "home"): ("home city"),
    ("region", "home"): ("home state | home region"),
    ("postcode", "home"): (
        "home postal code | home postcode | home zip | home zip code | postleitzahl privat"
    ),
    ("country", "home"): ("home country region | home country"),
    ("street", "other"): ("other street | other address | other address po box"),
    ("city", "other"): ("other city"),
    ("region", "other"): ("other state | other region"),
    ("postcode", "other"): ("other postal code | other postcode | other zip"),
    ("country", "other"): ("other country region | other country"),
    ("formatted", "#"): ("address formatted"),
    ("street", "#"): ("address street | address extended address | address po box"),
    ("city", "#"): ("address city"),
    ("region", "#"): ("address region"),
    ("postcode", "#"): ("address postal code"),
    ("country", "#"): ("address country"),
    ("label", "address"): ("address label | address type"),
    ("day", "birthday"): (
        "birthday | birth date | date of birth | dob | geburtstag | geburtsdatum |"
        " anniversaire | date de naissance | naissance | cumpleaños | fecha de nacimiento |"
        " verjaardag | geboortedatum | data di nascita | compleanno | nascita | data de"
        " nascimento | nascimento | aniversário | data de aniversário | födelsedag |"
        " födelsedatum | data urodzenia | urodziny | born | birth | born on | naissance date |"
        " geboren | geboren am | geb datum | nacimiento | geboorte | date de naiss | bday"
    ),
    ("birth", "year"): (
        "birth year | year of birth | geburtsjahr | année de naissance | anno di nascita |"
        " ano de nascimento | año de nacimiento | geboortejaar | födelseår | rok urodzenia"
    ),
    ("birth", "month"): (
        "birth month | month of birth | geburtsmonat | mois de naissance | mese di nascita |"
        " mês de nascimento | mes de nacimiento | geboortemaand | födelsemånad | miesiąc"
        " urodzenia"
    ),
    ("birth", "day"): (
        "day of birth | jour de naissance | giorno di nascita | dia de nascimento | día de"
        " nacimiento | geboortedag | dzień urodzenia | geburtstag tag"
    ),
    ("day", "anniversary"): (
        "anniversary | wedding anniversary | wedding day | hochzeitstag | jahrestag |"
        " anniversaire de mariage | trouwdag | anniversario | anniversario di matrimonio |"
        " aniversário de casamento | bröllopsdag | rocznica | rocznica ślubu | anniv de"
        " mariage ou fête | aniversario de boda | data do casamento"
    ),
    ("day", "#"): ("event value"),
    ("label", "day"): ("event label | event type"),
    ("relation", "#"): ("relation value"),
    ("label", "relation"): ("relation label | relation type"),
    ("relation", "spouse"): (
        "spouse | partner name | ehepartner | conjoint | cónyuge | coniuge | cônjuge |"
        " echtgenoot | make maka | małżonek | husband | wife"
    ),
    ("relation", "referred by"): ("referred by"),
    ("relation", "manager"): (
        "managers name | manager name | name des der vorgesetzten | nom du responsable"
    ),
    ("relation", "assistant"): (
        "assistants name | assistant name | name assistent | nom de l assistante"
    ),
    ("field", "#"): ("custom field value"),
    ("label", "field"): ("custom field label | custom field type"),
    ("note", ""): (
        "note | notes | comment | comments | remark | remarks | background | note content |"
        " notiz | notizen | bemerkung | bemerkungen | anmerkung | kommentar | remarque |"
        " remarques | commentaire | commentaires | nota | notas | comentario | comentarios |"
        " observaciones | notitie | notities | opmerking | opmerkingen | annotazioni |"
        " commento | commenti | osservazioni | appunti | observações | observação | anotações"
        " | anteckning | anteckningar | kommentarer | notering | noteringar | notatki |"
        " notatka | uwagi | komentarz | komentarze | opis | memo | description | about |"
        " kommentare | additional notes | notes comments | remarques commentaires | notas"
        " comentarios | bio | internal notes | customer note | zusatzinfo"
    ),
    ("tags", ""): (
        "tags | tag | labels | label | category | categories | group | groups | group"
        " membership | keywords | kategorie | kategorien | gruppe | gruppen | schlagwort |"
        " schlagwörter | étiquette | étiquettes | catégorie | groupe | groupes | etiqueta |"
        " etiquetas | categoría | categorías | grupo | grupos | categorieën | groep | groepen"
        " | etichetta | etichette | gruppo | gruppi | etichette tag | kategori | kategorier |"
        " grupp | grupper | etikett | etiketter | tagg | taggar | kategoria | etykieta |"
        " etykiety | grupa | grupy | segment | segments | lists | list | mailing lists |"
        " contact tags | customer group | kundengruppe | person label | tags labels"
    ),
    ("source", ""): (
        "source | lead source | original source | quelle | herkunft | origine | origen |"
        " fuente | bron | herkomst | fonte | origem | origine contatto | provenienza | källa |"
        " ursprung | źródło | pochodzenie | how did you hear about us | lead origin | creation"
        " source | acquisition source | woher | comment nous avez vous connus"
    ),
    ("stage", ""): (
        "stage | lifecycle stage | customer stage | lebenszyklusphase | fase | estágio |"
        " etapp | etap | customer type stage | livscykelfas"
    ),
    ("owner", ""): (
        "owner | contact owner | company owner | account owner | lead owner | assigned to |"
        " zuständig | betreuer | responsable | propriétaire | propietario | eigenaar |"
        " responsabile | proprietario | responsável | vendedor | ansvarig | ägare | säljare |"
        " właściciel | opiekun | handlowiec | salesperson | sales rep | account manager |"
        " sales owner | person owner | organization owner | vertreter | commercial | comercial"
        " | venditore | verkoper | relationship manager"
    ),
    ("language", ""): (
        "language | languages | preferred language | language preference | sprache | sprachen |"
        " bevorzugte sprache | korrespondenzsprache | langue | langues | langue préférée |"
        " idioma | idiomas | idioma preferido | lingua | lingue | lingua preferita | língua |"
        " línguas | idioma preferencial | taal | talen | voorkeurstaal | språk | önskat språk |"
        " język | języki | preferowany język"
    ),
    ("gender", ""): (
        "gender | sex | geschlecht | sexe | genre | sexo | género | sesso | genere | gênero |"
        " geslacht | kön | płeć"
    ),
    ("timezone", ""): (
        "time zone | timezone | zeitzone | fuseau horaire | zona horaria | huso horario | fuso"
        " orario | fuso horário | tijdzone | tidszon | strefa czasowa"
    ),
    ("every", ""): ("every | cadence | contact every | touch every"),
    ("ref", ""): (
        "ref | id | record id | customer id | contact id | company id | reference |"
        " kundennummer | kundennr | numéro client | número de cliente | klantnummer |"
        " debiteurnummer | codice cliente | numero cliente | id cliente | código do cliente |"
        " número do cliente | código cliente | kundnummer | kundnr | numer klienta | nr"
        " klienta | id klienta | customer number | customer no | customer code | client id |"
        " client number | external id | member id | membership number | account number |"
        " account id | kunden id | kundennummer nr | mitgliedsnummer | matricule client |"
        " referencia | lidnummer | relatienummer | medlemsnummer | numer członkowski |"
        " subscriber id | crm id | lead id | hubspot id"
    ),
    ("uid", ""): ("uid | uuid"),
    ("kind", ""): (
        "kind | contact type | contact kind | kontaktart | company type | customer type kind"
        " | tipo di contatto | tipo contatto | tipo de contato | tipo de contacto | typ"
        " kontaktu | contactsoort | kontakttyp | type de contact | contact kind type | person"
        " or company"
    ),
    ("social", "skype"): ("skype | skype id | skype name"),
    ("kind_flag", ""): (
        "is company | is a company | is organization | is organisation | est une société |"
        " ist firma | ist ein unternehmen | es una compañía | è una società | é uma empresa |"
        " is een bedrijf"
    ),
}
