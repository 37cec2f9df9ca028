"""English: what a page is called, and what it says before its form."""

WORDS = {
    # The title of each page
    "gate": "Enter the code of the device",
    "wifi": "Choose the Wi-Fi",
    "account": "Sign in",
    "sign_up": "New account",
    "confirm": "Confirm your account",
    "new_password": "Choose a new password",
    "code": "Enter your code",
    "choose": "How do you want to confirm?",
    "totp_setup": "Set up your authenticator app",
    "send_password": "Send the password?",
    "blank_ends": "A blank too many?",
    "forgot": "Forgotten password",
    "reset": "Choose a new password",
    "done": "Signed in",
    "wait": "One moment",
    "busy": "Somebody else is signing in",
    "refused": "That did not work",
    # What each says first; {} is a value that the page brings
    "gate_intro": "Six digits, which the device shows on its screen, or tells on its console when you type p.",
    "wifi_intro": "The device needs a Wi-Fi network to reach the internet.",
    "account_intro": "Use the e-mail address or user name of your account.",
    "signed_in_already": "{} is signed in on this device. That stays so until somebody else has signed in.",
    "again_before": "Sign in again before {0} {2}: that is when this sign-in ends.",
    "confirm_intro": "We have sent you a code. Enter it here.",
    "confirm_sent_to": "We have sent a code to {}. Enter it here.",
    "new_password_intro": "Your password has to be changed before you go on.",
    "SMS_MFA": "Enter the code from the text message.",
    "SMS_OTP": "Enter the code from the text message.",
    "EMAIL_OTP": "Enter the code from the e-mail.",
    "SOFTWARE_TOKEN_MFA": "Enter the code that your authenticator app shows.",
    "sent_to": "It was sent to {}.",
    "totp_intro": "Scan this picture with your authenticator app, or type the key into it. Then enter the code that "
    "it shows.",
    "totp_intro_key": "Type this key into your authenticator app. Then enter the code that it shows.",
    "totp_picture": "QR code with the key that is written below",
    "totp_key": "Key",
    "totp_link": "Open it in an app on this phone",
    "send_password_intro": "The service does not offer the safe way of checking your password, in which nobody gets to "
    "see it. The device can send the password instead, encrypted, and to the service alone. If you have signed in on "
    "this device before and were not asked this, do not send it: ask whoever runs the service.",
    "blank_ends_intro": "The password that you typed begins or ends with a blank. That often happens when a password "
    "is copied. Shall the device try it without?",
    "forgot_intro": "We will send you a code with which you can choose a new password.",
    "done_intro": "{} is signed in on this device.",
    "done_nobody": "You are signed in on this device.",
    "done_close": "You can close this page. The device switches it off by itself.",
    "wait_intro": "The device is working on it. This can take half a minute; the page goes on by itself.",
    "wait_wifi": "Your phone may lose the Wi-Fi of the device while the device looks for the other network. "
    "Join it again then, and open this page again.",
    "look_again": "Look again",
    "busy_intro": "Another phone is signing in on this device. Try again in a few minutes. If that was you, in another "
    "window: go on there.",
    "go_back": "Back to the page",
}
