"""German: what went wrong, and what else is worth a word."""

WORDS = {
    # What went wrong
    "error": "Fehler",
    "service_says": "Der Dienst meldet:",
    "device_says": "Das Gerät meldet:",
    "no_network": "Wählen Sie ein Netz, oder geben Sie seinen Namen ein.",
    "long_network": "Der Name eines WLANs hat höchstens 32 Bytes.",
    "wifi_failed": "Das Gerät konnte sich nicht mit diesem WLAN verbinden. Prüfen Sie das Passwort, und versuchen Sie "
    "es noch einmal.",
    "wrong_password": "Der Name oder das Passwort ist falsch.",
    "late_proof": "Das Passwort kann richtig sein: Das Gerät hat zu lange gebraucht, um es zu beweisen. Wenn das "
    "wieder geschieht, verwenden Sie cognito-mp provision auf einem Computer.",
    "srp_only": "Der Dienst bietet das sichere Verfahren, Ihr Passwort zu prüfen, nicht an, und dieses Gerät benutzt "
    "kein anderes. Fragen Sie den Betreiber des Dienstes.",
    "disabled": "Dieses Konto ist gesperrt. Fragen Sie den Betreiber des Dienstes.",
    "locked_out": "Es gab zu viele falsche Passwörter. Warten Sie ein paar Minuten, und versuchen Sie es dann wieder.",
    "too_many": "Es gab zu viele Versuche. Warten Sie eine Weile, und versuchen Sie es dann wieder.",
    "expired_temporary": "Das vorläufige Passwort gilt nicht mehr. Lassen Sie sich ein neues geben.",
    "took_too_long": "Das hat zu lange gedauert, oder es wurde zweimal geantwortet. Bitte melden Sie sich neu an.",
    "wrong_digits": "Das sind nicht die Ziffern dieses Geräts.",
    "gate_shut": "Es gab zu viele falsche Codes. Nehmen Sie das WLAN des Geräts, oder halten Sie seine Taste, um neu "
    "zu beginnen.",
    "wrong_code": "Dieser Code stimmt nicht. Versuchen Sie es noch einmal.",
    "expired_code": "Dieser Code gilt nicht mehr. Lassen Sie sich einen neuen schicken.",
    "weak_password": "Dieses Passwort ist nicht gut genug.",
    "differ": "Die beiden Passwörter sind nicht gleich.",
    "empty": "Füllen Sie alle Felder aus.",
    "exists": "Es gibt schon ein Konto mit diesem Namen. Melden Sie sich damit an.",
    "no_sign_up": "Neue Konten können hier nicht angelegt werden. Fragen Sie den Betreiber des Dienstes.",
    "network_failed": "Der Dienst war nicht zu erreichen. Versuchen Sie es noch einmal.",
    "service_said": "Der Dienst hat abgelehnt.",
    "internal": "Im Gerät ist etwas schiefgegangen. Versuchen Sie es noch einmal.",
    "unknown_challenge": "Dieses Konto verlangt etwas, das diese Seite nicht kann. Verwenden Sie cognito-mp provision "
    "auf einem Computer.",
    "unsaved": "Die Anmeldung konnte nicht gespeichert werden: Sie gilt, bis das Gerät neu startet.",
    "stale": "Dieses Formular war veraltet. So weit sind wir jetzt.",
    "bad_form": "Dieses Formular kam nicht an, wie es sollte. Laden Sie die Seite neu; Cookies müssen dafür erlaubt "
    "sein.",
    "too_long": "Etwas im Formular ist zu lang, oder enthält unmögliche Zeichen.",
    # What else is worth a word
    "no_srp": "Ihr Passwort wurde an den Dienst geschickt, über eine verschlüsselte und geprüfte Verbindung. Das "
    "Verfahren, bei dem nicht einmal der Dienst es erhält (SRP), ist für dieses Gerät nicht eingerichtet.",
    "new_code_sent": "Ein neuer Code ist unterwegs.",
}
