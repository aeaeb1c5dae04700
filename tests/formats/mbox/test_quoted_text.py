"""Quoted mail and signatures are left out, as mail programs in many languages write them."""

import pytest

from cardcrm.formats.mbox.quoted_text import remove_quotes

WHO = "Jane Doe <jane@example.com>"

# Lines that introduce quoted mail; the lines after them begin with “>”.
INTRODUCTIONS = (
    f"On Fri, Nov 20, 2026 at 2:00 PM {WHO} wrote:",
    f"On Nov 20, 2026, at 2:00 PM, {WHO} wrote:",
    "On 20/11/2026 14:00, Jane Doe wrote:",
    "On Fri, Nov 20, 2026 at 2:00 PM Jane Doe\n<jane@example.com> wrote:",
    "On Fri, Nov 20, 2026 at 2:00 PM Jane Doe <\njane@example.com> wrote:",
    f"{WHO} wrote on 20 Nov 2026:",
    f"2026-11-20 14:00 GMT+01:00 {WHO}:",
    "Am 20.11.26 um 14:00 schrieb Jane Doe:",
    f"Am Fr., 20. Nov. 2026 um 14:00 Uhr schrieb {WHO}:",
    "Am Fr., 20. Nov. 2026 um 14:00 Uhr schrieb Jane Doe <\njane@example.com>:",
    "Am 20.11.2026 hat Jane Doe geschrieben:",
    f"Le ven. 20 nov. 2026 à 14:00, {WHO} a écrit :",
    f"El vie, 20 nov 2026 a las 14:00, {WHO} escribió:",
    "Il giorno ven 20 nov 2026 alle ore 14:00 Jane Doe\n<jane@example.com> ha scritto:",
    f"Em sex., 20 de nov. de 2026 às 14:00, {WHO} escreveu:",
    f"Op vr 20 nov. 2026 om 14:00 schreef {WHO}:",
    f"Den fre 20 nov. 2026 kl 14:00 skrev {WHO}:",
    f"fre 20 nov. 2026 kl. 14:00 skrev {WHO}:",
    f"W dniu 20.11.2026 o 14:00 {WHO} pisze:",
    f"pt., 20 lis 2026 o 14:00 {WHO} napisał(a):",
    f"Dne pá 20. 11. 2026 14:00 uživatel {WHO} napsal:",
    f"pe 20. marrask. 2026 klo 14.00 {WHO} kirjoitti:",
    f"{WHO} ezt írta (időpont: 2026. nov. 20., P, 14:00):",
    f"În vin., 20 nov. 2026 la 14:00, {WHO} a scris:",
    f"пт, 20 нояб. 2026 г. в 14:00, {WHO}:\n".replace(":\n", " пишет:"),
    f"20 Kas 2026 Cum 14:00 tarihinde {WHO} şunu yazdı:",
    f"2026年11月20日(金) 14:00 {WHO}:",
    f"于2026年11月20日周五 14:00 {WHO} 写道：",
    f"2026년 11월 20일 (금) 오후 2:00, {WHO}님이 작성:",
)  # fmt: skip


@pytest.mark.parametrize("line", INTRODUCTIONS)
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_a_quotation_goes_with_the_line_that_introduces_it(line: str, gap: str) -> None:
    assert remove_quotes(f"Yes.\n\n{line}{gap}> old\n>> older\n") == "Yes."
    assert remove_quotes(f"{line}{gap}> old\n\nYes.") == "Yes."


@pytest.mark.parametrize("line", [each for each in INTRODUCTIONS if "@" in each and ":00" in each])
def test_what_follows_an_introduction_with_time_and_address_is_quoted(line: str) -> None:
    assert remove_quotes(f"Yes.\n\n{line}\n\nold\nolder") == "Yes."


HEADERS = (
    "From: Jane Doe\nSent: Friday, November 20, 2026 2:00 PM\nTo: Ann\nSubject: RE: offer",
    "From: Jane Doe [mailto:jane@example.com]\nDate: Friday\nTo: Ann;\n Bob\nSubject: offer",
    "*From:* Jane Doe\n*Sent:* Friday\n*To:* Ann\n*Subject:* offer",
    "Von: Jane Doe <jane@example.com>\nGesendet: Freitag, 20.11.26\nAn: Ann\nBetreff: AW: x",
    "De : Jane Doe\nEnvoyé : vendredi 20 novembre 2026 14:00\nÀ : Ann\nObjet : RE: offre",
    "De: Jane\nEnviado el: viernes\nPara: Ann\nAsunto: oferta",
    "Da: Jane\nInviato: venerdì\nA: Ann\nOggetto: offerta",
    "De: Jane\nEnviada em: sexta-feira\nPara: Ann\nAssunto: oferta",
    "Van: Jane\nVerzonden: vrijdag\nAan: Ann\nOnderwerp: offerte",
    "Från: Jane\nSkickat: fredag\nTill: Ann\nÄmne: offert",
    "Fra: Jane\nSendt: fredag\nTil: Ann\nEmne: tilbud",
    "Od: Jane\nWysłano: piątek\nDo: Ann\nTemat: oferta",
    "От: Jane\nОтправлено: пятница\nКому: Ann\nТема: x",
    "发件人: Jane\n发送时间: 2026年11月20日\n收件人: Ann\n主题: x",
    "差出人: Jane\n送信日時: 2026年11月20日\n宛先: Ann\n件名: x",
    "-----Original Message-----\nFrom: Jane\nSent: Friday\nTo: Ann\nSubject: x",
    "-----Ursprüngliche Nachricht-----\nVon: Jane",
    "-------- Message d'origine --------\nDe : Jane",
    "--- Mensaje original ---",
)


@pytest.mark.parametrize("block", HEADERS)
@pytest.mark.parametrize("rule", ["", f"{'_' * 32}\n", f"{'-' * 10}\n\n"])
def test_what_is_below_a_header_block_is_quoted(block: str, rule: str) -> None:
    assert remove_quotes(f"Yes.\n\n{rule}{block}\n\nold text\n") == "Yes."


OTHERS = {
    "nothing quoted": ("One.\n\n\n\nTwo.\n", "One.\n\nTwo."),
    "between the lines": ("On 1 May Jane wrote:\n> one?\nYes.\n\n> two?\n\nNo.", "Yes.\n\nNo."),
    "only quoted": ("> old\n> older", "> old\n> older"),
    "only an introduction": ("On 20/11/2026 14:00, Jane wrote:\n> old",
                             "On 20/11/2026 14:00, Jane wrote:\n> old"),
    "a signature": ("Yes.\n\n-- \nJane Doe\nAcme Ltd", "Yes."),
    "a signature without the blank": ("Yes.\n--\nJane", "Yes."),
    "a signature above the quotation": ("Yes.\n-- \nJane\n\nOn 1 May, Jane wrote:\n> old", "Yes."),
    "two dashes in a long text": ("a\n--\n" + "b\n" * 20, "a\n--\n" + "b\n" * 19 + "b"),
    "a list": ("- one\n- two\n-- three", "- one\n- two\n-- three"),
    "prose that ends in wrote": ("On the other hand, she wrote:\nno.",
                                 "On the other hand, she wrote:\nno."),
    "prose with a day": ("On 3 May she wrote:\nno.", "On 3 May she wrote:\nno."),
    "prose with labels": ("From: the desk\nof Jane\nTo: all", "From: the desk\nof Jane\nTo: all"),
    "a telephone": ("Yes.\n\nSent from my iPhone", "Yes."),
    "Outlook on a telephone": ("Yes.\n\nGet Outlook for iOS<https://example.com>", "Yes."),
    "nothing but a telephone": ("Sent from my iPhone", "Sent from my iPhone"),
    "a telephone in the text": ("Sent from my desk.\nYes.", "Sent from my desk.\nYes."),
    "wide marks": ("Yes.\n＞ old", "Yes."),
    "indented marks": ("Yes.\n > old\n > older", "Yes."),
}  # fmt: skip


@pytest.mark.parametrize(("text", "own"), OTHERS.values(), ids=OTHERS)
def test_the_own_text_of_a_mail(text: str, own: str) -> None:
    assert remove_quotes(text) == own


@pytest.mark.parametrize(
    "line",
    [
        "---------- Forwarded message ---------",
        "Begin forwarded message:",
        "-------- Weitergeleitete Nachricht --------",
        "---------- Message transféré ----------",
        "> Začátek přeposílané zprávy:",
        "-----Original Message-----",
        "From: Jane\nSent: Friday\nTo: Ann",
    ],
)
def test_forwarded_mail_stays(line: str) -> None:
    text = f"See below.\n\n{line}\nSubject: x\n\nThe offer."
    assert remove_quotes(text, "Fwd: offer") == text
    assert remove_quotes(text, "WG: offer") == text


def test_long_lines_and_many_quotations_take_linear_time() -> None:
    line = "On 1:00 a@b " + "wrote " * 50_000 + ":"
    assert remove_quotes(f"{line}\n{line}").startswith("On 1:00")
    assert remove_quotes("Yes.\n" + "> old\n" * 200_000) == "Yes."
    assert remove_quotes("On 1 May Jane wrote:\n" * 20_000 + "> x\nYes.").endswith("Yes.")
