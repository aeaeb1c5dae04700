"""The domains of mail providers, which say nothing about the organization of a user."""

from typing import Final

MAIL_PROVIDERS: Final = frozenset((
    "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "yahoo.com",
    "icloud.com", "me.com", "mac.com", "aol.com", "gmx.de", "gmx.net", "gmx.at", "gmx.ch", "web.de",
    "t-online.de", "freenet.de", "arcor.de", "posteo.de", "mailbox.org", "proton.me",
    "protonmail.com", "mail.ru", "yandex.ru", "orange.fr", "wanadoo.fr", "free.fr", "laposte.net",
    "sfr.fr", "libero.it", "virgilio.it", "tin.it", "hotmail.co.uk", "yahoo.co.uk", "sky.com",
    "btinternet.com", "virginmedia.com", "ntlworld.com", "hotmail.fr", "hotmail.de", "hotmail.es",
    "yahoo.de", "yahoo.fr", "yahoo.es", "yahoo.it", "wp.pl", "onet.pl", "o2.pl", "interia.pl",
    "ziggo.nl", "kpnmail.nl", "xs4all.nl", "telenet.be", "skynet.be", "bluewin.ch", "uol.com.br",
    "comcast.net", "verizon.net", "att.net", "qq.com", "163.com", "zoho.com", "fastmail.com",
    "example.com", "example.org", "example.net",
))  # fmt: skip
