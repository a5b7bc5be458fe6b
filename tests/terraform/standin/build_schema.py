"""Rewrites schema.json.gz: the AWS provider's schema of the types in types.txt.

    .venv/bin/python -m tests.terraform.standin.build_schema

The form is that of `terraform providers schema -json`. It is read out of the generated bindings in
the npm package @cdktn/provider-aws (MPL-2.0, see NOTICE), so it needs npm and nothing else.
"""

import gzip
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.terraform.standin.bindings import Bindings, Entry, Json, entries

PACKAGE = "@cdktn/provider-aws@25.7.0"
PROVIDER = "registry.terraform.io/hashicorp/aws"  # the source address that Terraform gives it
HERE = Path(__file__).parent
TYPES = HERE / "types.txt"
OUTPUT = HERE / "schema.json.gz"

# The bindings type this block as "any"; it is taken from a type that spells it out.
BORROWED = {("aws_wafv2_web_acl", "rule", "statement"): ("aws_wafv2_web_acl_rule", "statement")}
# The bindings lose what is sensitive.
SENSITIVE = (
    "aws_acm_certificate.private_key",
    "aws_cognito_user_pool_client.client_secret",
    "aws_opensearch_domain.advanced_security_options.master_user_options.master_user_password",
    "aws_opensearch_domain_saml_options.saml_options.master_user_name",
    "aws_secretsmanager_secret_version.secret_binary",
    "aws_secretsmanager_secret_version.secret_string",
    "aws_ssm_parameter.value",
    "data.aws_secretsmanager_random_password.random_password",
    "data.aws_ssm_parameter.value",
)
KINDS = {"TerraformResource": "", "TerraformDataSource": "data.", "TerraformProvider": ""}
SETTABLE = {
    "string": "string",
    "boolean": "bool",
    "number": "number",
    "stringList": ["list", "string"],
    "numberList": ["list", "number"],
    "stringMap": ["map", "string"],
}


def main() -> None:
    """Download the package into a scratch folder and rewrite `OUTPUT` from it."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", "--silent", PACKAGE]
        packed = subprocess.run(command, cwd=folder, check=True, text=True, stdout=subprocess.PIPE)
        made = schema(Path(folder, packed.stdout.strip()), TYPES.read_text().split())
    text = json.dumps(made, separators=(",", ":"), sort_keys=True) + "\n"
    OUTPUT.write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def read() -> Json:
    """Return the schema that is there."""
    content: Json = json.loads(gzip.decompress(OUTPUT.read_bytes()))
    return content


def schema(package: Path, types: list[str]) -> Json:
    """Return the schema of these types, "data.x" for a data source; exits if one is missing."""
    version = ""
    provider: Json = {}
    built: Json = {}
    lenders = [lender for (borrower, *_), (lender, _) in BORROWED.items() if borrower in types]
    for source in sources(package, {folder(each) for each in [*types, *lenders, "provider"]}):
        named = re.search(r'tfResourceType = "(\w+)"', source)
        bindings = Bindings(source)
        (main_class,) = (name for name, parent in bindings.parent.items() if parent in KINDS)
        written = entries(bindings.text[main_class].split("synthesizeHclAttributes")[-1])
        if found := re.search(r"providerVersion: '([\d.]+)'", source):
            version = found[1]
        if bindings.parent[main_class] == "TerraformProvider":
            provider = provider_block(bindings, written)
        else:
            assert named
            prefix = KINDS[bindings.parent[main_class]]
            built[prefix + named[1]] = bindings.block(main_class, written)
    lend(built)
    mark_sensitive(built)
    if missing := sorted(set(types) - set(built)):
        sys.exit(f"{PACKAGE} lacks types: {', '.join(missing)}")
    return {
        "format_version": "1.0",
        "provider_version": version,
        "provider_schemas": {
            PROVIDER: {
                "provider": {"version": 0, "block": provider},
                "resource_schemas": of_kind(built, types, ""),
                "data_source_schemas": of_kind(built, types, "data."),
            }
        },
    }


def folder(name: str) -> str:
    """Return the folder of a type without dashes: data.aws_region -> dataawsregion."""
    if name.startswith("data."):
        return "dataaws" + name.removeprefix("data.aws_").replace("_", "")
    return name.removeprefix("aws_").replace("_", "")


def sources(package: Path, folders: set[str]) -> Iterator[str]:
    """Yield the source of each wanted type, with index-structs/*.js: large types are split."""
    found: dict[str, list[str]] = {}
    with tarfile.open(package) as archive:
        for member in archive:
            parts = member.name.split("/")
            if len(parts) < 4 or parts[1] != "lib" or parts[2].replace("-", "") not in folders:
                continue
            is_split = parts[3] == "index-structs" and parts[-1].startswith("structs")
            if parts[-1].endswith(".js") and (parts[3] == "index.js" or is_split):
                content = archive.extractfile(member)
                assert content
                text = content.read().decode().split("//# sourceMappingURL")[0]
                found.setdefault(parts[2], []).append(text)
    for _, texts in sorted(found.items()):
        yield "\n".join(texts)


def provider_block(bindings: Bindings, written: dict[str, Entry]) -> Json:
    """Return the provider's own schema: what can be set, all of it optional."""
    attributes: Json = {}
    blocks: Json = {}
    for name, entry in written.items():
        if entry.storage in SETTABLE:
            attributes[name] = settable(entry)
            continue
        struct = re.search(r"(\w+)ToHclTerraform(?:, (?:true|false))?\)", entry.value)
        assert struct
        inner = {key: settable(each) for key, each in bindings.entries[struct[1].lower()].items()}
        blocks[name] = {
            "nesting_mode": "set" if entry.kind == "set" else "list",
            "block": {"attributes": inner},
        }
        if "listMapper" not in entry.value:
            blocks[name]["max_items"] = 1
    return {"attributes": attributes, "block_types": blocks}


def settable(entry: Entry) -> Json:
    """Return the schema of an attribute of the provider."""
    found = SETTABLE[entry.storage]
    return {"type": ["set", found[1]] if entry.kind == "set" else found, "optional": True}


def lend(built: Json) -> None:
    """Give each borrowing block the one that it lacks."""
    for (borrower, outer, name), (lender, lent) in BORROWED.items():
        if borrower in built:
            block = built[borrower]["block_types"][outer]["block"]
            del block["attributes"][name]
            source = built[lender]["block_types"][lent]
            block.setdefault("block_types", {})[name] = {
                **source,
                "nesting_mode": "list",
                "min_items": 1,
                "max_items": 1,
            }


def mark_sensitive(built: Json) -> None:
    """Mark what the provider keeps out of Terraform's output."""
    for path in SENSITIVE:
        prefix = "data." if path.startswith("data.") else ""
        name, *blocks, attribute = path.removeprefix(prefix).split(".")
        block = built[prefix + name]
        for each in blocks:
            block = block["block_types"][each]["block"]
        block["attributes"][attribute]["sensitive"] = True


def of_kind(built: Json, types: list[str], prefix: str) -> Json:
    """Return the schemas of resources (prefix "") or data sources ("data.") by type."""
    return {
        name.removeprefix("data."): {"version": 0, "block": block}
        for name, block in sorted(built.items())
        if name in types and name.startswith("data.") == bool(prefix)
    }


if __name__ == "__main__":
    main()
