"""The words by which mail programs introduce quoted mail, in the languages that they speak."""

import re
from collections.abc import Iterable
from operator import itemgetter
from typing import Final

# Lines such as “On 3 May 2026, Jane Doe <jane@example.com> wrote:”. Each has the words before the
# date and the words after the name; either may be missing.
_INTRODUCTIONS: Final = (
    ("On|At", "wrote|writes"),  # English
    ("Am|Um|Den", "schrieb|schrieben|hat geschrieben|hat .{1,80} geschrieben"),  # German
    ("Le", "a écrit|écrit|écrivait"),  # French
    ("El|En", "escribió|ha escrito|escribía"),  # Spanish
    ("Il|In data|Il giorno", "ha scritto|scrisse|scrive"),  # Italian
    ("Em|A|No dia|Às", "escreveu|escreveram"),  # Portuguese
    ("Op", "schreef|heeft .{1,80} geschreven|heeft het volgende geschreven"),  # Dutch
    ("Den|På", "skrev|skreiv"),  # Danish, Norwegian, Swedish
    ("W dniu|Dnia", "napisał|napisała|napisał\\(a\\)|pisze|napisano|nadesłał"),  # Polish
    ("Dne|V", "napsal|napsala|napsal\\(a\\)|píše"),  # Czech
    ("Dňa", "napísal|napísala|napísal\\(a\\)"),  # Slovak
    ("", "kirjoitti"),  # Finnish
    ("", "írta|ezt írta"),  # Hungarian
    ("În|Pe|La", "a scris"),  # Romanian
    ("Στις", "έγραψε"),  # Greek
    ("", "пишет|написал|написала|написал\\(а\\)|писал|пише|написав"),  # Russian, Ukrainian
    ("", "tarihinde şunu yazdı|şunları yazdı|yazdı"),  # Turkish
    ("El|A", "va escriure|ha escrit"),  # Catalan
    ("", "viết|đã viết"),  # Vietnamese
    ("Pada", "menulis"),  # Indonesian
)
_OTHER_INTRODUCTIONS: Final = (  # in another order, or without blanks or a verb
    r"Wiadomość napisana przez .{1,200} w dniu .{1,100}[:：]",
    r".{0,200}(?:写道|寫道|写到)\s*[:：]",
    r".{0,200}(?:のメール|書きました|書き込みました)\s*[:：]",
    r".{0,200}(?:님이 작성|작성)\s*[:：]",
    r"בתאריך .{0,200}כתב.{0,20}[:：]",
    r"في .{0,200}كتب.{0,80}[:：]",
    r"\d{4}(?:-\d\d-\d\d |年).{0,200}\d\d:\d\d.{0,200}<[^<>]{3,254}>\s*[:：]",
)


def _join(introductions: Iterable[tuple[str, str]], others: Iterable[str]) -> re.Pattern[str]:
    pieces = (
        rf"(?:{before}).{{0,300}}?\b(?:{after})(?:\s+.{{0,120}})?\s*[:：]"
        for before, after in introductions
    )
    return re.compile("|".join([*pieces, *others]), re.IGNORECASE)


_VERBS: Final = "|".join(after for _, after in _INTRODUCTIONS)
INTRODUCTION: Final = _join(filter(itemgetter(0), _INTRODUCTIONS), ())
BARE_INTRODUCTION: Final = _join([("", _VERBS)], _OTHER_INTRODUCTIONS)  # a name or a date first
# A date or an address: “On the other hand, she wrote:” has neither.
EVIDENCE: Final = re.compile(r"\d|@")
TIME: Final = re.compile(r"\d[:.h]\d\d")

_ORIGINAL = (
    "original message|original e-?mail|original appointment|reply message|"
    "ursprüngliche nachricht|originalnachricht|urspr\\.? nachricht|"
    "message d['’]origine|message original|mensaje original|messaggio originale|"
    "mensagem original|oorspronkelijk bericht|originalmeddelande|ursprungligt meddelande|"
    "oprindelig meddelelse|opprinnelig melding|original besked|"
    "oryginalna wiadomość|wiadomość oryginalna|původní zpráva|pôvodná správa|"
    "alkuperäinen viesti|eredeti üzenet|mesaj original|αρχικό μήνυμα|"
    "исходное сообщение|пересылаемое сообщение|orijinal ileti|özgün ileti|"
    "原始邮件|原始郵件|邮件原件|元のメッセージ|원본 메시지"
)
_FORWARDED = (
    "forwarded message|forwarded by .*|begin forwarded message|"
    "weitergeleitete nachricht|anfang der weitergeleiteten nachricht|"
    "message transféré|message transmis|début du message réexpédié|"
    "mensaje reenviado|inicio del mensaje reenviado|messaggio inoltrato|inizio messaggio inoltrato|"
    "mensagem reencaminhada|mensagem encaminhada|doorgestuurd bericht|begin doorgestuurd bericht|"
    "vidarebefordrat meddelande|vidarebefordrat brev|videresendt meddelelse|videresendt melding|"
    "przekazana wiadomość|wiadomość przekazana dalej|przesłana wiadomość|"
    "přeposlaná zpráva|edelleenlähetetty viesti|välitetty viesti|"
    "továbbított üzenet|mesaj redirecționat|пересылаемое сообщение|iletilmiş mesaj|iletilen mesaj|"
    "转发的邮件|轉寄郵件|転送メッセージ|전달된 메시지|"
    "začátek přeposílané zprávy|začiatok preposlanej správy|start på videresendt besked|"
    "videresendt besked|välitetty viesti alkaa|továbbított levél kezdete|"
    "początek przekazywanej wiadomości|início da mensagem (?:encaminhada|reencaminhada)|"
    "începutul mesajului redirecționat|начало переадресованного сообщения|"
    "iletilen mesajın başlangıcı"
)
ORIGINAL: Final = re.compile(rf"[-_=*\s]*\b(?:{_ORIGINAL})\s*[:：]?[-_=*\s]*", re.IGNORECASE)
FORWARDED: Final = re.compile(rf"[-_=*>\s]*\b(?:{_FORWARDED})\s*[:：]?[-_=*\s]*", re.IGNORECASE)
FORWARD_SUBJECT: Final = re.compile(
    r"\s*(?:\[[^\]]{1,40}\]\s*)?(?:fwd?|wg|tr|rv|enc|i|vs|vb|vl|fs|pd|doorst|továbbítás|ynt|转发|轉寄)"
    r"\s*(?:\[\d+\])?\s*[:：]",
    re.IGNORECASE,
)

# The labels of the header block that Outlook puts above quoted mail.
_FROM = (
    "from|von|de|da|van|från|fra|od|lähettäjä|feladó|de la|από|"
    "от|від|kimden|发件人|寄件者|差出人|보낸 사람"
)
_SENT = (
    "sent|date|gesendet|datum|envoyé|enviado(?: el)?|inviato|enviada(?: em)?|verzonden|"
    "skickat|sendt|dato|wysłano|data|odesláno|odoslané|lähetetty|päivämäärä|elküldve|dátum|trimis|"
    "στάλθηκε|ημερομηνία|отправлено|дата|надіслано|gönderildi|tarih|发送时间|日期|寄件日期|"
    "送信日時|日時|보낸 날짜|날짜|fecha"
)
_TO = (
    "to|an|à|para|a|aan|till|til|do|komu|pre|vastaanottaja|címzett|către|προς|кому|kime|收件人|"
    "收件者|宛先|받는 사람|cc|kopie|copie|kopia|kopi|dw|копия|抄送|reply-to|antwort an"
)
_SUBJECT = (
    "subject|betreff|objet|asunto|oggetto|assunto|onderwerp|ämne|emne|temat|předmět|predmet|aihe|"
    "tárgy|subiect|θέμα|тема|konu|主题|主旨|件名|제목"
)


def _label(words: str) -> re.Pattern[str]:
    return re.compile(rf"[*_>\s]*(?:{words})\s*[*_]*\s*[:：][*_]*(?:\s|$)", re.IGNORECASE)


LABEL_FROM: Final = _label(_FROM)
OTHER_LABELS: Final = (_label(_SENT), _label(_TO), _label(_SUBJECT))

# Telephones put such a line below a mail.
SENT_FROM: Final = re.compile(
    r"\s*(?:sent from (?:my|mail for|outlook|yahoo)|get outlook for|von meinem .{2,30} gesendet|"
    r"gesendet (?:von|mit)|diese nachricht wurde von meinem|envoyé (?:de|depuis)|"
    r"télécharger outlook|"
    r"enviado (?:desde|do meu|a partir)|obtener outlook|inviato da|scarica outlook|"
    r"verzonden (?:vanaf|met)|skickat från|hämta outlook|sendt fra|wysłane? z|odesláno z|"
    r"lähetetty|отправлено (?:с|из)|发自我的|iphoneから送信|나의 iphone에서 보냄).{0,80}",
    re.IGNORECASE,
)
