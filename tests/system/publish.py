#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Put manifests into a registry, each under its digest, over one connection.

    publish.py CA-FILE HOST:PORT/REPOSITORY FILE...

What the manifests name must be there already.
"""
import hashlib
import http.client
import json
import ssl
import sys


def main():
    authority, image, files = sys.argv[1], sys.argv[2], sys.argv[3:]
    host, _, repository = image.partition("/")
    connection = http.client.HTTPSConnection(host, context=ssl.create_default_context(cafile=authority))
    for name in files:
        with open(name, "rb") as file:
            content = file.read()
        url = "/v2/%s/manifests/sha256:%s" % (repository, hashlib.sha256(content).hexdigest())
        connection.request("PUT", url, content, {"Content-Type": json.loads(content)["mediaType"]})
        answer = connection.getresponse()
        answer.read()
        if answer.status != 201:
            sys.exit("PUT %s: %d" % (url, answer.status))


if __name__ == "__main__":
    main()
