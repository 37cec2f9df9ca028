"""The page's words: each language says all that English says, with the same gaps to fill."""

import sys

from cognito_app.sign_in_page import forms, problems
from cognito_app.sign_in_page.languages import Words, codes, words_for

LANGUAGES = ("de",)  # test_page_files.py on the host finds whether a folder is missing here


def modules_of(code):
    words = Words(code)
    return words.pages, words.problems, words.waiting


def test_each_language_has_the_same_words_and_gaps():
    for code in LANGUAGES:
        for number, english in enumerate(modules_of("en")):
            theirs = modules_of(code)[number]
            assert set(theirs) == set(english), set(theirs) ^ set(english)
            for key in english:
                assert theirs[key], key
                assert theirs[key].count("{}") == english[key].count("{}"), key
                assert theirs[key].count("{0}") == english[key].count("{0}"), key


def test_what_can_be_shown_has_words():
    pages, told, _ = modules_of("en")
    for key in list(problems.PROBLEMS.values()) + [key for _, key in problems.NOT_AUTHORIZED]:
        assert key in told, key
    for name in forms.FORMS:
        assert name in pages, name
        for field in forms.FORMS[name]:
            assert "label_" + field[0] in pages, field


def test_words_are_in_ram_while_they_are_used():
    words = words_for("de-AT,fr;q=0.5")
    assert words.code == "de" and words.problems["error"] == "Fehler" and words.pages["done"] == "Angemeldet"
    assert not [name for name in sys.modules if ".languages." in name]
    assert words_for("xx, ../de, os").code == "en"


def test_what_a_browser_asks_for():
    assert codes("de-DE,de;q=0.9,en;q=0.8") == ["de", "en", "en"]  # the default one comes last, also when it was named
    assert codes("") == ["en"] and codes("../x, d, 12, __, DE") == ["de", "en"]
    assert len(codes(",".join(["aa", "bb", "cc", "dd", "ee", "ff", "gg", "hh", "ii", "jj"]))) == 9
