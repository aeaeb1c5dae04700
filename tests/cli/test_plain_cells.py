"""Cells of lists in CSV are plain text, and days and months that cannot be are refused."""

import csv
import io
import re


def rows(typed, *words):
    return list(csv.DictReader(io.StringIO(typed(*words, "--format", "csv")[1])))


def test_points_and_numbers_in_csv_are_plain_text(typed):
    typed("add", "Ann Lee", "--phone", "01134960002")
    typed("deal", "add", "Roof", "--contact", "ann", "--amount", "5")
    typed("deal", "add", "Door", "--contact", "ann", "--amount", "5")
    (call,) = rows(typed, "calls")
    assert call["deal_ids"] in ("1 2", "2 1")
    assert re.fullmatch(r"-?\d+ [^{}]+(; -?\d+ [^{}]+)*", call["score_reasons"])
    typed("lead", "add", "ann", "wants a roof")
    assert not any("{" in each["score_reasons"] for each in rows(typed, "lead", "score"))


def test_an_invoice_is_not_paid_before_its_date(typed):
    typed("add", "Ann Lee")
    assert typed("invoice", "add", "F1", "--contact", "ann", "--amount", "5")[0] == 0
    code, _, err = typed("invoice", "paid", "F1", "--on", "2020-01-01")
    assert (code, "after the payment on 2020-01-01" in err) == (2, True)
    assert typed("invoice", "paid", "F1")[0] == 0


def test_a_target_of_the_year_1_is_refused(typed):
    assert "unknown month" in typed("target", "set", "me", "0001-01", "5")[2]
