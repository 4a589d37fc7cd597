#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make a whole release of small images, for "relsig audit".

    synthetic.py OUT [--references FILE]... [--components N] [--architectures LIST] [--version V]
                     [--policy-key PEM] [--scopes LIST] [--fault WHAT] [--release-only FACTS]
                     [--layer-bytes N] [--tree]

The names, the order, the annotations and the number of the components are those of the image-references
files, one after the other, until there are N; with fewer, or none, others are made up. The images are our
own. In OUT, all in the containers "dir:" form:

    components/     a list of every image of every component, for skopeo to push at once
    lists/HEX       the list of images of each component, as a release for many architectures names it
    release-multi/  the release: a list of release images, whose components are lists
    release/        the release for the first architecture: its components are images
    facts.json      every name and digest
    v2/             with --tree, all of it as "oc adm release mirror --to-dir" has it, in openshift/release

With --layer-bytes each component has a layer of its own of so many bytes, which are no tar archive.

WHAT is one thing wrong with the payload: "tag" (a component named by its tag), "twice" (two components
with one name), "version" (release-metadata has another), "config-version" (the label has another).
"""
import argparse
import base64
import gzip
import hashlib
import io
import json
import os
import tarfile

RELEASES = "quay.io/openshift-release-dev/ocp-release"
COMPONENTS = "quay.io/openshift-release-dev/ocp-v4.0-art-dev"
DOCKER = "application/vnd.docker."
MANIFEST_TYPE = DOCKER + "distribution.manifest.v2+json"
LIST_TYPE = DOCKER + "distribution.manifest.list.v2+json"
CONFIG_TYPE = DOCKER + "container.image.v1+json"
LAYER_TYPE = DOCKER + "image.rootfs.diff.tar.gzip"
GO_WORDS = {"x86_64": "amd64", "aarch64": "arm64", "ppc64le": "ppc64le", "s390x": "s390x"}
SHARED_LAYERS = 20

POLICY = """apiVersion: config.openshift.io/v1
kind: ClusterImagePolicy
metadata:
  name: openshift
  annotations:
    include.release.openshift.io/self-managed-high-availability: "true"
spec:
  scopes:
%s
  policy:
    rootOfTrust:
      policyType: PublicKey
      publicKey:
        keyData: %s
"""


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def tar_gz(members):
    """A layer that depends on nothing but its members."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size, info.mode, info.mtime = len(content), 0o644, 1577836800
            archive.addfile(info, io.BytesIO(content))
    return gzip.compress(out.getvalue(), 6, mtime=0)


class Directory:
    """A "dir:" layout."""

    def __init__(self, root, name):
        self.path = os.path.join(root, name)
        os.makedirs(self.path)
        self.write("version", b"Directory Transport Version: 1.1\n")

    def write(self, name, content):
        with open(os.path.join(self.path, name), "wb") as file:
            file.write(content)

    def blob(self, media_type, content):
        self.write(sha256(content), content)
        return {"mediaType": media_type, "size": len(content), "digest": "sha256:" + sha256(content)}

    def large_blob(self, word, size):
        """So many bytes, written as they are made."""
        hasher, name = hashlib.sha256(), os.path.join(self.path, "large")
        block = hashlib.shake_256(word.encode()).digest(1 << 20)
        with open(name, "wb") as file:
            for start in range(0, size, len(block)):
                piece = (start.to_bytes(8, "big") + block[8:])[:size - start]
                hasher.update(piece)
                file.write(piece)
        os.rename(name, os.path.join(self.path, hasher.hexdigest()))
        return {"mediaType": LAYER_TYPE, "size": size, "digest": "sha256:" + hasher.hexdigest()}

    def image(self, architecture, labels, layers):
        """The descriptor of an image with these layers (descriptors)."""
        config = self.blob(CONFIG_TYPE, json.dumps({
            "architecture": architecture, "os": "linux", "config": {"Labels": labels},
            "rootfs": {"type": "layers", "diff_ids": [layer["digest"] for layer in layers]}}).encode())
        manifest = json.dumps({"schemaVersion": 2, "mediaType": MANIFEST_TYPE, "config": config,
                               "layers": layers}, indent=3).encode()
        self.write(sha256(manifest) + ".manifest.json", manifest)
        return {"mediaType": MANIFEST_TYPE, "size": len(manifest), "digest": "sha256:" + sha256(manifest),
                "platform": {"architecture": architecture, "os": "linux"}}, config, manifest


def list_of(images):
    return json.dumps({"schemaVersion": 2, "mediaType": LIST_TYPE, "manifests": images}, indent=3).encode()


def read_tags(files, wanted):
    """(name, annotations) of so many components."""
    tags, seen = [], set()
    for file in files:
        with open(file, encoding="utf-8") as stream:
            for tag in json.load(stream)["spec"]["tags"]:
                if tag["name"] not in seen:
                    seen.add(tag["name"])
                    tags.append((tag["name"], tag.get("annotations") or {}))
    while len(tags) < wanted:
        name = "component-%04d" % len(tags)
        tags.append((name, {
            "io.openshift.build.commit.id": sha256(name.encode())[:40],
            "io.openshift.build.source-location": "https://github.com/openshift/" + name}))
    return sorted(tags[:wanted])


class Release:
    def __init__(self, options):
        self.options = options
        self.words = options.architectures.split(",")
        self.tags = read_tags(options.references, options.components)
        self.facts = {"version": options.version, "components": {}, "releases": {}}

    def make_components(self):
        directory = Directory(self.options.out, "components")
        lists = os.path.join(self.options.out, "lists")
        os.mkdir(lists)
        base = {w: directory.blob(LAYER_TYPE, tar_gz([("etc/base", w.encode() * 200)])) for w in self.words}
        shared = [directory.blob(LAYER_TYPE, tar_gz([("usr/share/%d" % i, b"shared\n" * 50)]))
                  for i in range(SHARED_LAYERS)]
        everything = []
        for number, (name, _) in enumerate(self.tags):
            images = {}
            for word in self.words:
                layers = [base[word], shared[number % SHARED_LAYERS]]
                if self.options.layer_bytes:
                    layers.append(directory.large_blob(name + word, self.options.layer_bytes))
                elif number % 10 == 0:
                    layers.append(directory.blob(LAYER_TYPE, tar_gz([("usr/bin/" + name, word.encode() * 99)])))
                image, config, _ = directory.image(GO_WORDS[word], {"name": name}, layers)
                everything.append(image)
                images[word] = {"manifest": image["digest"], "size": image["size"],
                                "config": config["digest"], "layers": [layer["digest"] for layer in layers]}
                images[word]["descriptor"] = image
            raw = list_of([images[word].pop("descriptor") for word in self.words])
            with open(os.path.join(lists, sha256(raw)), "wb") as file:
                file.write(raw)
            self.facts["components"][name] = {"list": "sha256:" + sha256(raw), "images": images}
        directory.write("manifest.json", list_of(everything))

    def references(self, digest_of):
        """The ImageStream; digest_of(name) is what a component is named by."""
        tags = [{"name": name, "annotations": annotations,
                 "from": {"kind": "DockerImage", "name": "%s@%s" % (COMPONENTS, digest_of(name))},
                 "generation": None, "importPolicy": {}, "referencePolicy": {"type": ""}}
                for name, annotations in self.tags]
        if self.options.fault == "tag":
            tags[3]["from"]["name"] = COMPONENTS + ":latest"
        if self.options.fault == "twice":
            tags[4]["name"] = tags[3]["name"]
        return json.dumps({
            "kind": "ImageStream", "apiVersion": "image.openshift.io/v1",
            "metadata": {"name": self.options.version, "creationTimestamp": "2020-06-01T00:00:00Z"},
            "spec": {"lookupPolicy": {"local": False}, "tags": tags}}, indent=2).encode()

    def payload(self, digest_of):
        version = "4.98.7" if self.options.fault == "version" else self.options.version
        members = [("release-manifests/image-references", self.references(digest_of)),
                   ("release-manifests/release-metadata", json.dumps({
                       "kind": "cincinnati-metadata-v0", "version": version, "previous": [],
                       "metadata": {"url": "https://access.redhat.com/errata/RHSA-2020:0000"}}).encode())]
        if self.options.policy_key:
            with open(self.options.policy_key, "rb") as file:
                key = base64.b64encode(file.read()).decode()
            scopes = "\n".join("  - " + scope for scope in self.options.scopes.split(","))
            members.append(("release-manifests/0000_90_openshift-cluster-image-policy.yaml",
                            (POLICY % (scopes, key)).encode()))
        return tar_gz(members)

    def make_release(self, directory, word, digest_of):
        label = "4.98.7" if self.options.fault == "config-version" else self.options.version
        layers = [directory.blob(LAYER_TYPE, tar_gz([("etc/os-release", word.encode())])),
                  directory.blob(LAYER_TYPE, tar_gz([("usr/bin/cluster-version-operator", b"cvo\n" * 999)])),
                  directory.blob(LAYER_TYPE, self.payload(digest_of))]
        return directory.image(GO_WORDS[word], {"io.openshift.release": label}, layers)

    def make_releases(self):
        components = self.facts["components"]
        multi = Directory(self.options.out, "release-multi")
        images = []
        for word in self.words:
            image, config, _ = self.make_release(multi, word, lambda name: components[name]["list"])
            images.append(image)
            self.facts["releases"][word] = {"manifest": image["digest"], "config": config["digest"]}
        raw = list_of(images)
        multi.write("manifest.json", raw)
        self.facts["multi"] = "sha256:" + sha256(raw)
        word = self.words[0]
        single = Directory(self.options.out, "release")
        image, config, raw = self.make_release(
            single, word, lambda name: components[name]["images"][word]["manifest"])
        os.remove(os.path.join(single.path, sha256(raw) + ".manifest.json"))
        single.write("manifest.json", raw)
        self.facts["single"] = image["digest"]
        self.facts["single-config"] = config["digest"]
        self.facts["single-tag"] = "%s-%s" % (self.options.version, word)

    def make_tree(self):
        """Hard links, where oc has the files."""
        root = os.path.join(self.options.out, "v2", "openshift", "release")
        for part in ("manifests", "blobs"):
            os.makedirs(os.path.join(root, part))
        for name in ("components", "release", "release-multi", "lists"):
            directory = os.path.join(self.options.out, name)
            for entry in os.listdir(directory):
                content = os.path.join(directory, entry)
                if entry == "manifest.json":
                    with open(content, "rb") as file:
                        target = "manifests/sha256:" + sha256(file.read())
                elif name == "lists" or entry.endswith(".manifest.json"):
                    target = "manifests/sha256:" + entry.split(".")[0]
                else:
                    target = "blobs/sha256:" + entry
                if entry != "version" and not os.path.exists(os.path.join(root, target)):
                    os.link(content, os.path.join(root, target))
        for tag, digest in ((self.facts["single-tag"], "single"), (self.options.version + "-multi", "multi")):
            os.symlink(self.facts[digest], os.path.join(root, "manifests", tag))

    def make(self):
        facts = os.path.join(self.options.out, "facts.json")
        if self.options.release_only:
            with open(self.options.release_only, encoding="utf-8") as file:
                self.facts["components"] = json.load(file)["components"]
        os.makedirs(self.options.out)
        if not self.options.release_only:
            self.make_components()
        self.make_releases()
        if self.options.tree:
            self.make_tree()
        with open(facts, "w", encoding="utf-8") as file:
            json.dump(self.facts, file, indent=1)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("out")
    parser.add_argument("--references", action="append", default=[])
    parser.add_argument("--components", type=int, default=190)
    parser.add_argument("--architectures", default=",".join(GO_WORDS))
    parser.add_argument("--version", default="4.99.0")
    parser.add_argument("--policy-key")
    parser.add_argument("--scopes", default=RELEASES)
    parser.add_argument("--fault", choices=("tag", "twice", "version", "config-version"))
    parser.add_argument("--layer-bytes", type=int, default=0)
    parser.add_argument("--tree", action="store_true")
    parser.add_argument("--release-only", metavar="FACTS", help="of another run: the components are there")
    Release(parser.parse_args()).make()


if __name__ == "__main__":
    main()
