# SPDX-License-Identifier: GPL-3.0-or-later
"""Reproducible nodes: an image, its signatures, policy.json, registries.d. See policies.py."""
import base64
import json
import os
import random
import shutil

from sample import TESTDATA, Sample, digest, pgp, read

FUTURE = 4102444800  # 2100-01-01


class Image:
    """One that lies in the registry, and in a directory as skopeo's dir: has it."""

    def __init__(self, folder, repository, tag):
        self.folder, self.repository, self.tag = folder, repository, tag
        with open(os.path.join(folder, "manifest.json"), "rb") as file:
            content = file.read()
        self.digest = self.signed = digest(content)
        self.prefix = ""
        for child in json.loads(content).get("manifests", []):
            if child["platform"]["architecture"] == "amd64":
                self.signed = child["digest"]
                self.prefix = self.signed[len("sha256:"):] + "."

    @property
    def name(self):
        return self.repository + ":" + self.tag


class World:
    """What all cases share."""

    def __init__(self, images, store_folder, store_url):
        self.images = [Image(*image) for image in images]
        self.store_folder, self.store_url = store_folder, store_url
        self.sample = Sample()
        self.subkey = pgp.load_secret(read("secret", "subkey.gpg"))[1]


class Case:
    """One node and one image; features are the words of policy_differences.txt."""

    def __init__(self, world, seed, number, folder):
        self.rng = random.Random("%s/policy/%d" % (seed, number))
        self.world, self.number, self.folder = world, number, folder
        self.features, self.how = set(), []
        self.image = self.rng.choice(world.images)
        self.form = self.rng.choice(["tag", "tag", "digest", "dir"])
        os.makedirs(os.path.join(folder, "registries.d"))
        self.make_name()
        self.add_signatures()
        self.write_registriesd()
        self.write_policy()

    def note(self, *words):
        self.how.append(" ".join(words))

    # ---- the image and its signatures

    def make_name(self):
        image = self.image
        self.reference = image.name
        if self.form == "digest":
            self.reference = image.repository + "@" + image.digest
        self.argument = "docker://" + self.reference
        if self.form == "dir":
            target = os.path.join(self.folder, "image")
            shutil.copytree(image.folder, target)
            for name in os.listdir(target):
                if "signature-" in name:
                    os.remove(os.path.join(target, name))
            self.argument = "dir:" + target
        self.note(self.form, image.name)

    def signature_path(self, i):
        if self.form == "dir":
            return os.path.join(self.folder, "image", "%ssignature-%d" % (self.image.prefix, i))
        path = self.image.repository.split("/", 1)[1]
        return os.path.join(self.world.store_folder, str(self.number),
                            "%s@sha256=%s" % (path, self.image.signed[7:]), "signature-%d" % i)

    def add_signatures(self):
        for i in range(1, 1 + self.rng.choice([0, 1, 1, 1, 1, 1, 1, 1, 2, 2, 3])):
            path = self.signature_path(i)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            kinds = [self.good] * 36 + [self.other_key, self.other_name, self.other_name,
                                       self.other_digest, self.no_optional, self.weak,
                                       self.future, self.by_subkey, self.broken, self.no_message,
                                       self.prefixed, self.of_sigstore, self.unreadable]
            blob = self.rng.choice(kinds)()
            if blob is None:
                os.mkdir(path)
                continue
            with open(path, "wb") as file:
                file.write(blob)

    def signed(self, word, name=None, payload=None, **options):
        self.note("signature:", word, name or self.image.name)
        sample = self.world.sample
        if payload is None:
            payload = sample.payload(reference=name or self.image.name)
            payload["critical"]["image"]["docker-manifest-digest"] = self.image.signed
        return sample.sign(payload, **options)

    def good(self):
        return self.signed("good")

    def other_key(self):
        return self.signed("other key", by=self.world.sample.other)

    def other_name(self):
        repository, tag = self.image.repository, self.image.tag
        return self.signed("name", self.rng.choice([
            repository + ":other", repository, repository + "x:" + tag, "busybox",
            repository + "@" + self.image.digest, repository + "@" + self.image.signed,
            "signed.example.com/ocp/release:" + tag, "signed.example.com/" + tag + ":" + tag,
            "quay.io/a/b:1", "a b"]))

    def other_digest(self):
        return self.signed("digest", payload=self.world.sample.payload(reference=self.image.name))

    def no_optional(self):
        payload = self.world.sample.payload(reference=self.image.name)
        payload["critical"]["image"]["docker-manifest-digest"] = self.image.signed
        del payload["optional"]
        return self.signed("no optional", payload=payload)

    def weak(self):
        self.features.add("sha1")
        return self.signed("sha1", hash_id=2)

    def future(self):
        self.features.add("future")
        return self.signed("future", created=FUTURE)

    def by_subkey(self):
        self.features.add("subkey")
        return self.signed("subkey", by=self.world.subkey)

    def broken(self):
        blob = bytearray(self.signed("broken"))
        blob[self.rng.randrange(len(blob) // 2, len(blob))] ^= 1
        return bytes(blob)

    def no_message(self):
        self.note("signature: no message")
        return self.rng.choice([b"", b"<html>nothing here</html>", b"\0nothing\n", b"{}", b"\0"])

    def prefixed(self):
        self.features.add("typed")
        return b"\0simple-signing\n" + self.signed("typed")

    def of_sigstore(self):
        self.features.add("typed")
        self.note("signature: sigstore")
        return read("sigstore", "signatures", "p256")

    def unreadable(self):
        self.note("signature: a directory")
        return None

    # ---- registries.d

    def scopes(self):
        """From the most specific one on."""
        names = [self.reference, self.image.repository]
        while "/" in names[-1]:
            names.append(names[-1].rsplit("/", 1)[0])
        host = names[-1].split(":")[0]
        while "." in host:
            host = host.split(".", 1)[1]
            names.append("*." + host)
        return names

    def write_registriesd(self):
        rng = self.rng
        base = self.world.store_url if rng.random() < .5 else "file://" + self.world.store_folder
        url = "%s/%d%s" % (base, self.number, rng.choice(["", "", "", "", "/"]))
        member = rng.choice(["lookaside", "lookaside", "lookaside", "sigstore"])
        section = "    %s: %s\n" % (member, url)
        scope = '  "%s":\n' % rng.choice(self.scopes())
        elsewhere = "    lookaside: file:///nowhere\n"
        good = [
            ["docker:\n" + scope + section], ["default-docker:\n" + section],
            ["default-docker:\n" + elsewhere, "docker:\n" + scope + section],
            ["default-docker:\n" + section, "docker:\n" + scope + "    lookaside-staging: x\n"],
            ["default-docker:\n" + section, 'docker:\n  "example.com":\n' + elsewhere]]
        broken = [
            ["docker:\n" + scope + section, "docker:\n" + scope + section],
            ["docker:\n" + scope + "    lookaside: ftp://example.com\n"],
            ["docker: [\n"], []]
        files = rng.choice(good if rng.random() < .9 else broken)
        if files in broken:
            self.features.add("registries.d")
        for i, text in enumerate(files):
            with open(os.path.join(self.folder, "registries.d", "%d.yaml" % i), "w",
                      encoding="ascii") as file:
                file.write(text)
            self.note("registries.d:", text)

    # ---- policy.json

    def keys(self):
        names = ["release.asc"] * 24 + ["two.asc"] * 6 + [ "other.asc", "subkey.asc",
                                       "missing.asc", "garbage.asc", "empty.asc", "release.gpg"]
        path = os.path.join(TESTDATA, "keys", self.rng.choice(names))
        if self.rng.random() < .7 or path.endswith("missing.asc"):
            return {"keyPath": path}
        with open(path, "rb") as file:
            return {"keyData": base64.b64encode(file.read()).decode()}

    def identity(self):
        image, host = self.image, self.image.repository.split("/")[0]
        reference = self.rng.choice([image.name, image.name, self.reference,
                                     image.repository + ":other", "quay.io/a/b:1"])
        repository = self.rng.choice([image.repository, image.repository, "quay.io/a/b",
                                      image.repository + ":any"])
        prefix = self.rng.choice([host, host, image.repository, host + "/ocp", "other.example.com"])
        return self.rng.choice([
            None, None, None, None, {"type": "matchExact"}, {"type": "matchRepoDigestOrExact"},
            {"type": "matchRepository"}, {"type": "exactReference", "dockerReference": reference},
            {"type": "exactRepository", "dockerRepository": repository},
            {"type": "remapIdentity", "prefix": prefix, "signedPrefix": self.rng.choice(
                ["signed.example.com", "signed.example.com/ocp/release", host])}])

    def requirement(self):
        other = self.rng.random()
        if other < .06:
            return {"type": "insecureAcceptAnything"}
        if other < .1:
            return {"type": "reject"}
        if other < .12:
            return {"type": "signedBaseLayer", "baseLayerIdentity": {"type": "matchExact"}}
        out = {"type": "signedBy", "keyType": "GPGKeys", **self.keys()}
        if self.rng.random() < .06:
            out["keyType"] = self.rng.choice(["signedByGPGKeys", "X509Certificates",
                                              "signedByX509CAs"])
        identity = self.identity()
        if identity is not None:
            out["signedIdentity"] = identity
        return out

    def requirements(self):
        return [self.requirement() for _ in range(self.rng.choice([1, 1, 1, 1, 1, 2, 3]))]

    def policy(self):
        """The deciding entry is anywhere among those that could decide; the rest must not."""
        names = self.scopes() + [""]
        if self.form == "dir":
            names = [os.path.join(self.folder, "image")]
            while names[-1] != "/":
                names.append(os.path.dirname(names[-1]))
            names[-1] = ""
        at = self.rng.randrange(len(names) + 1)
        decides = self.requirements()
        others = {name: self.requirements() for name in names[at + 1:]}
        others.update({"example.com/else": [{"type": "insecureAcceptAnything"}]}
                      if self.form != "dir" else {"/nowhere": [{"type": "reject"}]})
        out = {"default": self.requirements(), "transports": {
            "dir" if self.form == "dir" else "docker": others,
            "atomic": {"": [{"type": "insecureAcceptAnything"}]}}}
        if at < len(names):
            others[names[at]] = decides
        else:
            out["default"] = decides
        return out

    def write_policy(self):
        text = json.dumps(self.policy())
        self.note("policy:", text)
        if self.rng.random() < .06:
            text = self.rng.choice([
                text[:-1], text + "x", text.replace('"default"', '"Default"', 1),
                text.replace('"type"', '"kind"', 1), text[:-1] + ', "more": 1}',
                text[:-1] + ', "default": [{"type": "insecureAcceptAnything"}]}',
                '{"default": []}', '{"transports": {}}', '{"default": null}', ""])
            self.note("which is changed:", text)
        self.policy_file = os.path.join(self.folder, "policy.json")
        with open(self.policy_file, "w", encoding="ascii") as file:
            file.write(text)
