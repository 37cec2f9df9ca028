"""The page's words: each language says all that English says, with the same gaps to fill."""

from cognito_app.sign_in_page import conversation, forms
from cognito_app.sign_in_page.languages import codes, de, en

LANGUAGES = (de,)  # test_page_files.py on the host finds whether a file is missing here


def test_each_language_has_the_same_words_and_gaps():
    for language in LANGUAGES:
        assert set(language.WORDS) == set(en.WORDS), set(language.WORDS) ^ set(en.WORDS)
        for key in en.WORDS:
            assert language.WORDS[key], key
            assert language.WORDS[key].count("{}") == en.WORDS[key].count("{}"), key
            assert language.WORDS[key].count("{0}") == en.WORDS[key].count("{0}"), key


def test_what_can_be_shown_has_words():
    shown = list(conversation._PROBLEMS.values()) + [key for _, key in conversation._NOT_AUTHORIZED]
    shown += list(forms.FORMS) + ["label_" + field[0] for name in forms.FORMS for field in forms.FORMS[name]]
    for key in shown:
        assert key in en.WORDS, key


def test_what_a_browser_asks_for():
    assert codes("de-DE,de;q=0.9,en;q=0.8") == ["de", "en", "en"]  # the default one comes last, also when it was named
    assert codes("") == ["en"] and codes("../x, d, 12, __, DE") == ["de", "en"]
    assert len(codes(",".join(["aa", "bb", "cc", "dd", "ee", "ff", "gg", "hh", "ii", "jj"]))) == 9
