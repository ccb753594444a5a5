# Copyright the mailio authors. SPDX-License-Identifier: Apache-2.0
"""Prints what Python's email package finds in a notification; RelayToPostfixTests compares it."""
import email
import email.policy
import sys

with open(sys.argv[1], "rb") as file:
    message = email.message_from_binary_file(file, policy=email.policy.default)

print("type:", message.get_content_type(), message.get_param("report-type"))
print("parts:", *(part.get_content_type() for part in message.iter_parts()))
print("defects:", [str(defect) for part in message.walk() for defect in part.defects])
print("from null:", message["Return-Path"] == "<>", "auto:", message["Auto-Submitted"])
text, status, original = message.iter_parts()
per_message, *recipients = status.get_payload()
print("Reporting-MTA:", per_message["Reporting-MTA"])
for recipient in recipients:
    for field in ("Final-Recipient", "Action", "Status", "Remote-MTA", "Diagnostic-Code"):
        print(field + ":", recipient[field])
returned = original.get_content()
if isinstance(returned, str):
    returned = email.message_from_string(returned, policy=email.policy.default)
for field, value in returned.items():
    print("original", field + ":", value)
