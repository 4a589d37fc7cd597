#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make audit/: two whole releases of three small components each, as OCI layouts, and their signatures.

    make_audit.py    needs gpg; the result is the same each time
"""
import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True

from make_release import (COMPONENTS, CONFIG_TYPE, LAYER_TYPE, MANIFEST_TYPE, REPOSITORY,  # noqa: E402
                          digest, dump, sha256, tar)

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.path.join(HERE, "audit")
# What each component is built from: its commit, and how often it was built from that.
RELEASES = {
    "4.99.0": {"cli": ("1" * 40, 1), "etcd": ("2" * 40, 1), "machine-config-operator": ("3" * 40, 1)},
    "4.99.1": {"cli": ("4" * 40, 2), "etcd": ("2" * 40, 2), "machine-os-content": ("5" * 40, 1)},
}


def write(path, content):
    path = os.path.join(OUT, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(content)


def layer(members):
    return gzip.compress(tar(members), 9, mtime=0)


class Layout:
    def __init__(self, name):
        self.name = name
        write(name + "/oci-layout", b'{"imageLayoutVersion": "1.0.0"}')

    def blob(self, media_type, content):
        write("%s/blobs/sha256/%s" % (self.name, sha256(content)), content)
        return {"mediaType": media_type, "size": len(content), "digest": digest(content)}

    def image(self, labels, layers):
        config = self.blob(CONFIG_TYPE, dump({
            "architecture": "amd64", "os": "linux", "config": {"Labels": labels},
            "rootfs": {"type": "layers", "diff_ids": [digest(gzip.decompress(one)) for one in layers]}}))
        return self.blob(MANIFEST_TYPE, dump({
            "schemaVersion": 2, "mediaType": MANIFEST_TYPE, "config": config,
            "layers": [self.blob(LAYER_TYPE, one) for one in layers]}))


def references(version, components, images):
    tags = [{"name": name,
             "annotations": {"io.openshift.build.commit.id": components[name][0],
                             "io.openshift.build.source-location": "https://github.com/openshift/" + name},
             "from": {"kind": "DockerImage", "name": "%s@%s" % (COMPONENTS, images[name]["digest"])},
             "generation": None, "importPolicy": {}, "referencePolicy": {"type": ""}}
            for name in sorted(components)]
    return dump({"kind": "ImageStream", "apiVersion": "image.openshift.io/v1",
                 "metadata": {"name": version, "creationTimestamp": "2020-06-01T00:00:00Z"},
                 "spec": {"lookupPolicy": {"local": False}, "tags": tags}}, 2)


def make_release(version, components):
    layout = Layout(version)
    base = layer([("etc/os-release", b"relsig test\n")])
    images = {name: layout.image({"name": name}, [base, layer([("usr/bin/" + name, b"%d\n" % built)])])
              for name, (_, built) in components.items()}
    payload = layer([
        ("release-manifests/image-references", references(version, components, images)),
        ("release-manifests/release-metadata", dump({
            "kind": "cincinnati-metadata-v0", "version": version, "previous": [],
            "metadata": {"url": "https://access.redhat.com/errata/RHBA-2020:0000"}}, 2))])
    release = layout.image({"io.openshift.release": version}, [base, payload])
    release["annotations"] = {"org.opencontainers.image.ref.name": version + "-x86_64"}
    write(version + "/index.json", dump({"schemaVersion": 2, "manifests": [release]}))
    return release["digest"]


def sign(home, version, image):
    payload = {"critical": {"image": {"docker-manifest-digest": image}, "type": "atomic container signature",
                            "identity": {"docker-reference": "%s:%s-x86_64" % (REPOSITORY, version)}},
               "optional": {"creator": "relsig test 1"}}
    made = subprocess.run(["gpg", "--homedir", home, "--batch", "--quiet", "--faked-system-time", "20200601T000000!",
                           "--digest-algo", "SHA256", "--sign"],
                          input=json.dumps(payload).encode(), stdout=subprocess.PIPE, check=True)
    write("store/sha256=%s/signature-1" % image.split(":")[1], made.stdout)


def main():
    shutil.rmtree(OUT, ignore_errors=True)
    with tempfile.TemporaryDirectory() as home:
        subprocess.run(["gpg", "--homedir", home, "--batch", "--quiet", "--import",
                        os.path.join(HERE, "secret", "release.gpg")], check=True)
        for version, components in RELEASES.items():
            sign(home, version, make_release(version, components))
        subprocess.run(["gpgconf", "--homedir", home, "--kill", "all"], check=True)


if __name__ == "__main__":
    main()
