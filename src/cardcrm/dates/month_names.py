"""Names of months in German, French, Spanish, Italian, Dutch, Portuguese and Scandinavian files.

They are lower-case and without accents. Short forms that are English words, such as the Spanish
“ago”, are left out.
"""

_NAMES = (
    "janner januari januar janvier janv enero ene gennaio gen janeiro",
    "februar februari fevrier fevr fev febrero febbraio fevereiro feb",
    "marz maerz mrz mars marzo maart mrt marco",
    "avril avr abril abr aprile",
    "mai mayo maggio mag mei maio maj",
    "juni juin junio giugno giu junho",
    "juli juillet juil julio luglio lug julho",
    "aout agosto augustus augusti aou",
    "septembre septiembre setiembre settembre setembro",
    "oktober okt octobre octubre ottobre ott outubro",
    "novembre noviembre novembro",
    "dezember dez decembre diciembre dic dicembre dezembro",
)
FOREIGN_MONTHS = {name: number for number, names in enumerate(_NAMES, 1) for name in names.split()}
