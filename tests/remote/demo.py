"""The demonstration server of certomancer-csc-dummy (CSC API 1.0.4.0), with keys made for one run, on a free port.

usage: demo.py FOLDER SCAL; prints its port, and serves until standard input ends.
"""

import asyncio
import sys
from pathlib import Path

from aiohttp import web
from certomancer.registry import CertomancerConfig
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from csc_dummy.csc_dummy_server import CSCWithCertomancer, DummyServiceParams

folder, scal = Path(sys.argv[1]), int(sys.argv[2])


def write(name, key):
    (folder / f"{name}.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


write("root", ec.generate_private_key(ec.SECP256R1()))
write("rsa", rsa.generate_private_key(65537, 2048))
write("ec", ec.generate_private_key(ec.SECP384R1()))


def certificate(name, usage):
    return {
        "subject": name,
        "subject-key": name,
        "issuer": "root",
        "authority-key": "root",
        "validity": {"valid-from": "2026-01-01T00:00:00+0000", "valid-to": "2036-01-01T00:00:00+0000"},
        "extensions": [{"id": "key_usage", "critical": True, "smart-value": {"schema": "key-usage", "params": usage}}]
        + ([{"id": "basic_constraints", "critical": True, "value": {"ca": True}}] if name == "root" else []),
    }


config = CertomancerConfig(
    {
        "keysets": {"keys": {"keys": {name: {"path": f"{name}.pem"} for name in ("root", "rsa", "ec")}}},
        "pki-architectures": {
            "demo": {
                "keyset": "keys",
                "entity-defaults": {"country-name": "JP", "organization-name": "Demonstration"},
                "entities": {name: {"common-name": name} for name in ("root", "rsa", "ec")},
                "certs": {
                    "root": certificate("root", ["key_cert_sign", "crl_sign"]),
                    "rsa": certificate("rsa", ["digital_signature", "non_repudiation"]),
                    "ec": certificate("ec", ["digital_signature", "non_repudiation"]),
                },
            }
        },
    },
    key_search_dir=str(folder),
)


async def main():
    service = CSCWithCertomancer(config, service_params=DummyServiceParams(hash_pinning_required=scal >= 2))
    service.register_routes()
    runner = web.AppRunner(service.app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(site._server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


asyncio.run(main())
