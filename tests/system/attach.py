#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Push sigstore signatures as cosign does: the layers of an image with the tag sha256-HEX.sig.

    attach.py CA-FILE HOST:PORT/REPOSITORY DIGEST FILE...

Each FILE is a signature as dir: images have it (testdata/sigstore/signatures); none: an image
without layers.
"""
import base64
import hashlib
import json
import ssl
import sys
import urllib.request

OCI = "application/vnd.oci.image."


def send(context, method, url, body=b"", content_type="application/octet-stream"):
    request = urllib.request.Request(url, body, {"Content-Type": content_type}, method=method)
    with urllib.request.urlopen(request, context=context) as answer:
        return answer.headers.get("Location")


def push_blob(context, base, content):
    """Its descriptor, without a media type."""
    digest = "sha256:" + hashlib.sha256(content).hexdigest()
    where = send(context, "POST", base + "/blobs/uploads/")
    send(context, "PUT", where + ("&" if "?" in where else "?") + "digest=" + digest, content)
    return {"digest": digest, "size": len(content)}


def main():
    authority, image, digest, files = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]
    context = ssl.create_default_context(cafile=authority)
    host, _, repository = image.partition("/")
    base = "https://%s/v2/%s" % (host, repository)
    config = push_blob(context, base, b"{}")
    config["mediaType"] = OCI + "config.v1+json"
    layers = []
    for name in files:
        with open(name, "rb") as file:
            signature = json.loads(file.read().split(b"\n", 1)[1])
        layer = push_blob(context, base, base64.b64decode(signature["payload"]))
        layer.update(mediaType=signature["mimeType"], annotations=signature["annotations"])
        layers.append(layer)
    manifest = {"schemaVersion": 2, "mediaType": OCI + "manifest.v1+json", "config": config,
                "layers": layers}
    send(context, "PUT", "%s/manifests/%s.sig" % (base, digest.replace(":", "-")),
         json.dumps(manifest).encode(), OCI + "manifest.v1+json")


if __name__ == "__main__":
    main()
