"""Tactics of MITRE ATT&CK, as findings name them: https://attack.mitre.org/tactics/enterprise/"""

TACTICS = {  # name -> id
    "Collection": "TA0009",
    "Command and Control": "TA0011",
    "Credential Access": "TA0006",
    "Defense Evasion": "TA0005",
    "Discovery": "TA0007",
    "Execution": "TA0002",
    "Exfiltration": "TA0010",
    "Impact": "TA0040",
    "Initial Access": "TA0001",
    "Lateral Movement": "TA0008",
    "Persistence": "TA0003",
    "Privilege Escalation": "TA0004",
    "Reconnaissance": "TA0043",
    "Resource Development": "TA0042",
}
