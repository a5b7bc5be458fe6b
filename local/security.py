"""Certificates and settings of a node with the security plugin; for tests only."""

import subprocess
from pathlib import Path

USER = "admin"
PASSWORD = "admin"  # of the plugin's own demo configuration
_SUBJECT = "/O=aes-siem/CN="

SETTINGS: dict[str, object] = {
    f"plugins.security.ssl.{layer}.{name}_filepath": file
    for layer in ("transport", "http")
    for name, file in {
        "pemcert": "node.pem",
        "pemkey": "node-key.pem",
        "pemtrustedcas": "root-ca.pem",
    }.items()
} | {
    "plugins.security.ssl.transport.enforce_hostname_verification": False,
    "plugins.security.ssl.http.enabled": True,
    "plugins.security.nodes_dn": ["CN=node,O=aes-siem"],
    "plugins.security.authcz.admin_dn": ["CN=admin,O=aes-siem"],
    "plugins.security.allow_default_init_securityindex": True,
    "plugins.security.allow_unsafe_democertificates": True,
    "plugins.security.restapi.roles_enabled": ["all_access", "security_rest_api_access"],
    "plugins.security.audit.type": "noop",
    # Every change of a role makes the node verify all passwords anew.
    "plugins.security.password.hashing.bcrypt.rounds": 4,
}


def write_certificates(folder: Path) -> Path:
    """Write a CA and the certificates of the node and of its administrator; return the CA's file.

    Files: root-ca.pem, node.pem, node-key.pem, admin.pem, admin-key.pem.
    """
    _openssl(
        folder,
        *("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30"),
        *("-keyout", "root-ca-key.pem", "-out", "root-ca.pem", "-subj", f"{_SUBJECT}local test CA"),
    )
    for name, extension in {
        "node": "subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth",
        "admin": "extendedKeyUsage=clientAuth",
    }.items():
        (folder / f"{name}.ext").write_text(extension + "\n")
        _openssl(
            folder,
            *("req", "-newkey", "rsa:2048", "-nodes", "-subj", f"{_SUBJECT}{name}"),
            *("-keyout", f"{name}-key.pem", "-out", f"{name}.csr"),
        )
        _openssl(
            folder,
            *("x509", "-req", "-days", "30", "-in", f"{name}.csr", "-out", f"{name}.pem"),
            *("-CA", "root-ca.pem", "-CAkey", "root-ca-key.pem", "-CAcreateserial"),
            *("-extfile", f"{name}.ext"),
        )
    return folder / "root-ca.pem"


def _openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)
