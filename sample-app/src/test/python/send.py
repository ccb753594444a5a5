# Copyright the mailio authors. SPDX-License-Identifier: Apache-2.0
"""Sends a file with smtplib; SmtplibTests says what."""
import smtplib
import ssl
import sys

host, port, encryption, certificate, mechanism, user, password, sender, recipient, message = sys.argv[1:]

with open(message, "rb") as file:
    content = file.read()

trusting = ssl.create_default_context(cafile=certificate)
if encryption == "IMPLICIT":
    connection = smtplib.SMTP_SSL(host, int(port), "client.example", timeout=30, context=trusting)
else:
    connection = smtplib.SMTP(host, int(port), "client.example", timeout=30)

with connection as smtp:
    smtp.set_debuglevel(0 if len(content) > 10_000 else 1)
    if encryption == "STARTTLS":
        smtp.starttls(context=trusting)
    if mechanism:
        # smtplib takes 503, the answer to AUTH before EHLO, for a success.
        smtp.ehlo_or_helo_if_needed()
        smtp.user, smtp.password = user, password
        smtp.auth(mechanism, getattr(smtp, "auth_" + mechanism.lower()))
    options = ["BODY=8BITMIME"] if (sender + recipient).isascii() else ["BODY=8BITMIME", "SMTPUTF8"]
    smtp.sendmail(sender, [recipient], content, mail_options=options)
