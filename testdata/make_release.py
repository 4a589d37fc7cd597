# SPDX-License-Identifier: GPL-3.0-or-later
"""The sample release: an image and a multi-architecture list, in the containers "dir:" form."""
import gzip
import hashlib
import io
import json
import tarfile

REPOSITORY = "quay.io/openshift-release-dev/ocp-release"
COMPONENTS = "quay.io/openshift-release-dev/ocp-v4.0-art-dev"
REFERENCE = REPOSITORY + ":4.99.0-x86_64"
MULTI_REFERENCE = REPOSITORY + ":4.99.0-multi"

DOCKER = "application/vnd.docker."
MANIFEST_TYPE = DOCKER + "distribution.manifest.v2+json"
LIST_TYPE = DOCKER + "distribution.manifest.list.v2+json"
CONFIG_TYPE = DOCKER + "container.image.v1+json"
LAYER_TYPE = DOCKER + "image.rootfs.diff.tar.gzip"

VERSION_FILE = b"Directory Transport Version: 1.1\n"


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def digest(data):
    return "sha256:" + sha256(data)


def dump(value, indent=3):
    return json.dumps(value, indent=indent).encode()


def tar(members):
    """A tar archive that depends on nothing but its members."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size, info.mode, info.mtime = len(content), 0o644, 1577836800
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


def image_references(version):
    tags = []
    for name in ("cluster-version-operator", "cli"):
        tags.append({
            "name": name,
            "annotations": {"io.openshift.build.commit.ref": "release-4.99"},
            "from": {"kind": "DockerImage",
                     "name": "%s@%s" % (COMPONENTS, digest(name.encode()))},
            "generation": None, "importPolicy": {}, "referencePolicy": {"type": ""},
        })
    return dump({"kind": "ImageStream", "apiVersion": "image.openshift.io/v1",
                 "metadata": {"name": version, "creationTimestamp": "2020-06-01T00:00:00Z"},
                 "spec": {"lookupPolicy": {"local": False}, "tags": tags}}, 2)


class Image:
    """blobs: hex -> bytes; manifest: bytes."""

    def __init__(self, version, architecture):
        base = tar([("etc/os-release", b'NAME="relsig test"\n')])
        last = tar([("release-manifests/image-references", image_references(version)),
                    ("release-manifests/release-metadata", dump({
                        "kind": "cincinnati-metadata-v0", "version": version, "previous": [],
                        "metadata": {"url": "https://relsig.invalid/errata"}}, 2))])
        layers = [gzip.compress(layer, mtime=0) for layer in (base, last)]
        config = dump({
            "architecture": architecture, "os": "linux", "created": "2020-06-01T00:00:00Z",
            "config": {"Labels": {"io.openshift.release": version}},
            "rootfs": {"type": "layers", "diff_ids": [digest(base), digest(last)]},
            "history": [{"created": "2020-06-01T00:00:00Z", "comment": "base"},
                        {"created": "2020-06-01T00:00:00Z",
                         "comment": "Release image for OpenShift"}],
        }, None)
        self.blobs = {sha256(blob): blob for blob in [config] + layers}
        self.architecture = architecture
        self.manifest = dump({
            "schemaVersion": 2, "mediaType": MANIFEST_TYPE,
            "config": {"mediaType": CONFIG_TYPE, "size": len(config), "digest": digest(config)},
            "layers": [{"mediaType": LAYER_TYPE, "size": len(layer), "digest": digest(layer)}
                       for layer in layers],
        })


def manifest_list(images):
    return dump({
        "schemaVersion": 2, "mediaType": LIST_TYPE,
        "manifests": [{"mediaType": MANIFEST_TYPE, "size": len(image.manifest),
                       "digest": digest(image.manifest),
                       "platform": {"architecture": image.architecture, "os": "linux"}}
                      for image in images],
    })


def payload_object(reference, manifest_digest):
    """As Red Hat's signing service orders it."""
    return {"critical": {"image": {"docker-manifest-digest": manifest_digest},
                         "type": "atomic container signature",
                         "identity": {"docker-reference": reference}},
            "optional": {"creator": "relsig test 1"}}


def payload(reference, manifest_digest):
    return json.dumps(payload_object(reference, manifest_digest)).encode()


def files(sign):
    """path -> content of release/, release-multi/ and store/. sign: payload bytes -> blob."""
    out = {}

    def signed(reference, manifest):
        blob = sign(payload(reference, digest(manifest)))
        out["store/sha256=%s/signature-1" % sha256(manifest)] = blob
        return blob

    image = Image("4.99.0", "amd64")
    out["release/version"] = VERSION_FILE
    out["release/manifest.json"] = image.manifest
    out["release/signature-1"] = signed(REFERENCE, image.manifest)
    for name, blob in image.blobs.items():
        out["release/" + name] = blob
    out["release.txt"] = ("%s\n%s\n" % (REFERENCE, digest(image.manifest))).encode()

    children = [Image("4.99.0-multi", "amd64"), Image("4.99.0-multi", "arm64")]
    everything = manifest_list(children)
    out["release-multi/version"] = VERSION_FILE
    out["release-multi/manifest.json"] = everything
    out["release-multi/signature-1"] = signed(MULTI_REFERENCE, everything)
    for child in children:
        name = "release-multi/" + sha256(child.manifest)
        out[name + ".manifest.json"] = child.manifest
        out[name + ".signature-1"] = signed(MULTI_REFERENCE, child.manifest)
        for blob_name, blob in child.blobs.items():
            out["release-multi/" + blob_name] = blob
    out["release-multi.txt"] = ("%s\n%s\n" % (MULTI_REFERENCE, digest(everything))).encode()
    return out
