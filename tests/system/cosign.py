#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sign as cosign does, with openssl: a signature as "dir:" images have it, which attach.py takes.

    cosign.py SECRET-KEY REFERENCE DIGEST OUT
"""
import base64
import json
import subprocess
import sys

TYPE = "application/vnd.dev.cosign.simplesigning.v1+json"


def main():
    key, reference, digest, out = sys.argv[1:]
    payload = json.dumps({"critical": {
        "identity": {"docker-reference": reference}, "image": {"docker-manifest-digest": digest},
        "type": "cosign container image signature"}, "optional": None}).encode()
    signature = subprocess.run(["openssl", "dgst", "-sha256", "-sign", key], input=payload, check=True,
                               stdout=subprocess.PIPE).stdout
    with open(out, "wb") as file:
        file.write(b"\0sigstore-json\n" + json.dumps({
            "mimeType": TYPE, "payload": base64.b64encode(payload).decode(),
            "annotations": {"dev.cosignproject.cosign/signature": base64.b64encode(signature).decode()},
        }).encode())


if __name__ == "__main__":
    main()
