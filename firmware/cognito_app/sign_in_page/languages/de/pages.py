"""German: what a page is called, and what it says before its form."""

WORDS = {
    # The title of each page
    "gate": "Code des Geräts eingeben",
    "wifi": "WLAN wählen",
    "account": "Anmelden",
    "sign_up": "Neues Konto",
    "confirm": "Konto bestätigen",
    "new_password": "Neues Passwort wählen",
    "code": "Code eingeben",
    "choose": "Wie möchten Sie bestätigen?",
    "totp_setup": "Authenticator-App einrichten",
    "send_password": "Passwort senden?",
    "blank_ends": "Ein Leerzeichen zu viel?",
    "forgot": "Passwort vergessen",
    "reset": "Neues Passwort wählen",
    "done": "Angemeldet",
    "wait": "Einen Moment",
    "busy": "Jemand anderes meldet sich an",
    "refused": "Das hat nicht geklappt",
    # What each says first; {} is a value that the page brings
    "gate_intro": "Sechs Ziffern, die das Gerät auf seinem Bildschirm zeigt, oder auf seiner Konsole, wenn Sie p "
    "eingeben.",
    "wifi_intro": "Das Gerät braucht ein WLAN, um ins Internet zu kommen.",
    "account_intro": "Verwenden Sie die E-Mail-Adresse oder den Benutzernamen Ihres Kontos.",
    "signed_in_already": "{} ist auf diesem Gerät angemeldet. Das bleibt so, bis sich jemand anderes angemeldet hat.",
    "again_before": "Melden Sie sich vor dem {0}.{1}. neu an: Dann endet diese Anmeldung.",
    "confirm_intro": "Wir haben Ihnen einen Code geschickt. Geben Sie ihn hier ein.",
    "confirm_sent_to": "Wir haben einen Code an {} geschickt. Geben Sie ihn hier ein.",
    "new_password_intro": "Ihr Passwort muss geändert werden, bevor es weitergeht.",
    "SMS_MFA": "Geben Sie den Code aus der SMS ein.",
    "SMS_OTP": "Geben Sie den Code aus der SMS ein.",
    "EMAIL_OTP": "Geben Sie den Code aus der E-Mail ein.",
    "SOFTWARE_TOKEN_MFA": "Geben Sie den Code ein, den Ihre Authenticator-App zeigt.",
    "sent_to": "Er wurde an {} geschickt.",
    "totp_intro": "Lesen Sie dieses Bild mit Ihrer Authenticator-App ein, oder tippen Sie den Schlüssel dort ein. "
    "Geben Sie dann den Code ein, den sie zeigt.",
    "totp_intro_key": "Tippen Sie diesen Schlüssel in Ihre Authenticator-App ein. Geben Sie dann den Code ein, den sie "
    "zeigt.",
    "totp_picture": "QR-Code mit dem Schlüssel, der darunter steht",
    "totp_key": "Schlüssel",
    "totp_link": "In einer App auf diesem Telefon öffnen",
    "send_password_intro": "Der Dienst bietet das sichere Verfahren nicht an, bei dem niemand Ihr Passwort zu sehen "
    "bekommt. Das Gerät kann das Passwort stattdessen senden, verschlüsselt und an den Dienst allein. Haben Sie sich "
    "auf diesem Gerät schon einmal angemeldet, ohne dass Sie das gefragt wurden, dann senden Sie es nicht: fragen Sie "
    "den Betreiber des Dienstes.",
    "blank_ends_intro": "Das Passwort, das Sie eingegeben haben, beginnt oder endet mit einem Leerzeichen. Das kommt "
    "oft vom Kopieren. Soll das Gerät es ohne versuchen?",
    "forgot_intro": "Wir schicken Ihnen einen Code, mit dem Sie ein neues Passwort wählen können.",
    "done_intro": "{} ist auf diesem Gerät angemeldet.",
    "done_nobody": "Sie sind auf diesem Gerät angemeldet.",
    "done_close": "Sie können diese Seite schließen. Das Gerät schaltet sie von selbst ab.",
    "wait_intro": "Das Gerät arbeitet daran. Das kann eine halbe Minute dauern; die Seite geht von selbst weiter.",
    "wait_wifi": "Ihr Telefon verliert vielleicht das WLAN des Geräts, während dieses das andere Netz sucht. "
    "Verbinden Sie es dann neu, und öffnen Sie diese Seite noch einmal.",
    "look_again": "Noch einmal nachsehen",
    "busy_intro": "Ein anderes Telefon meldet sich gerade an. Versuchen Sie es in ein paar Minuten noch einmal. Waren "
    "Sie das selbst, in einem anderen Fenster: machen Sie dort weiter.",
    "go_back": "Zurück zur Seite",
}
