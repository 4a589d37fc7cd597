# SPDX-License-Identifier: GPL-3.0-or-later
"""What is run under faults: commands that must be accepted, commands that never may, and a server for both."""
import collections
import hashlib
import http.server
import io
import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import tarfile

# good: accepted when nothing fails. programs: those in which faults are injected. verify: of those who sign into
# "{out}", a directory of each run; how to verify what is there then, as "{signature}".
# fetched: of those who fetch files into "{out}"; what may be there then, bytes by name.
Case = collections.namedtuple("Case", "name arguments good programs verify fetched", defaults=(None, None))

RELSIG = ("relsig",)
NETWORK = ("relsig", "relsig-fetch")
GPG = ("relsig", "gpg")


def home_in(directory):
    return os.path.join(directory, "gnupg")


def end_agent(directory):
    subprocess.run(["gpgconf", "--homedir", home_in(directory), "--kill", "gpg-agent"], check=False,
                   capture_output=True)


class Sample:
    """The sample release, and what is made of it below a directory."""

    def __init__(self, srcdir, directory):
        self.data = os.path.join(srcdir, "testdata")
        with open(os.path.join(self.data, "release.txt"), encoding="ascii") as f:
            self.reference, self.digest = f.read().split()
        self.release = os.path.join(self.data, "release")
        self.manifest = os.path.join(self.release, "manifest.json")
        self.signature = os.path.join(self.release, "signature-1")
        self.key = self.keyfile("release.asc")
        self.wrong_digest = "sha256:" + "0" * 64
        self.stores = {name: os.path.join(directory, name) for name in ("good", "bad")}
        self.add_to_store("good", self.digest, self.signature)
        self.add_to_store("good", self.wrong_digest, self.signature)
        self.add_to_store("bad", self.digest, self.blob("flipped-payload"))
        self.schema1 = os.path.join(directory, "schema1.json")
        with open(self.schema1, "w", encoding="ascii") as f:
            f.write('{"schemaVersion":1,"name":"a","tag":"b","fsLayers":[],"history":[]}')

        # gpg-agent, which is started here, is no run's own, and no run starts another.
        self.home = home_in(directory)
        os.mkdir(self.home, 0o700)
        subprocess.run(["gpg", "--homedir", self.home, "--batch", "--quiet", "--import",
                        os.path.join(self.data, "secret", "release.gpg")], check=True, capture_output=True)
        with open(os.path.join(self.home, "gpg.conf"), "w", encoding="ascii") as f:
            f.write("no-autostart\n")

        self.archives = {"good": self.archive(os.path.join(directory, "good.tar"), self.signature),
                         "bad": self.archive(os.path.join(directory, "bad.tar"), self.blob("flipped-payload"))}

        self.content = bytes(range(256)) * 64
        self.files = {name: os.path.join(directory, "files-" + name) for name in ("good", "bad")}
        for name, path in self.files.items():
            self.signed_files(path, self.content if name == "good" else self.content[:-1] + b"!")
        self.files_by_url = {os.path.basename(path): path for path in self.files.values()}
        self.audited = {name: self.tree(os.path.join(directory, "tree-" + name), name == "good")
                        for name in ("good", "bad")}

    def sign(self, path, content):
        subprocess.run(["gpg", "--homedir", self.home, "--batch", "--quiet", "--output", path, "--sign", "-"],
                       input=content, check=True)

    def signed_files(self, directory, content):
        """One file, maybe another than the signed list has it."""
        os.mkdir(directory)
        with open(os.path.join(directory, "client"), "wb") as f:
            f.write(content)
        self.sign(os.path.join(directory, "sums.sig"), f"{hashlib.sha256(self.content).hexdigest()}  client\n".encode())

    def list_of(self, name):
        with open(os.path.join(self.files[name], "sums.sig"), "rb") as f:
            return {"sums.sig": f.read()}

    def tree(self, directory, whole):
        """A registry's storage with a release of two components, and its signature; or a bit of a blob is changed."""
        synthetic = os.path.join(os.path.dirname(os.path.dirname(__file__)), "system", "synthetic.py")
        subprocess.run([sys.executable, synthetic, directory, "--components", "2", "--architectures", "x86_64",
                        "--tree"], check=True, capture_output=True)
        with open(os.path.join(directory, "facts.json"), encoding="ascii") as f:
            facts = json.load(f)
        payload = {"critical": {"identity": {"docker-reference": self.reference}, "type": "atomic container signature",
                                "image": {"docker-manifest-digest": facts["single"]}}, "optional": {}}
        store = os.path.join(directory, "store", facts["single"].replace(":", "="))
        os.makedirs(store)
        self.sign(os.path.join(store, "signature-1"), json.dumps(payload).encode())
        if not whole:
            path = os.path.join(directory, "v2/openshift/release/blobs",
                                facts["components"]["component-0000"]["images"]["x86_64"]["layers"][0])
            with open(path, "r+b") as f:
                first = f.read(1)
                f.seek(0)
                f.write(bytes([first[0] ^ 1]))
        return directory

    def archive(self, path, signature):
        """What oc-mirror carries: a registry's storage and the signatures."""
        algorithm, hexadecimal = self.digest.split(":")
        tag = self.reference.rsplit(":", 1)[1]
        storage = "docker/registry/v2/"
        manifests = storage + "repositories/openshift/release-images/_manifests/"
        with open(self.manifest, "rb") as f:
            manifest = f.read()
        with open(signature, "rb") as f:
            blob = f.read()
        members = {
            f"{manifests}tags/{tag}/current/link": self.digest.encode(),
            f"{manifests}revisions/{algorithm}/{hexadecimal}/link": self.digest.encode(),
            f"{storage}blobs/{algorithm}/{hexadecimal[:2]}/{hexadecimal}/data": manifest,
            f"working-dir/signatures/{tag}-{algorithm}-{hexadecimal}": blob,
        }
        with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as tar:
            for name, content in members.items():
                member = tarfile.TarInfo(name)
                member.size = len(content)
                tar.addfile(member, io.BytesIO(content))
        return path

    def keyfile(self, name):
        return os.path.join(self.data, "keys", name)

    def blob(self, name):
        return os.path.join(self.data, "adversary", name, "blob")

    def add_to_store(self, store, digest, signature):
        target = os.path.join(self.stores[store], digest.replace(":", "="))
        os.makedirs(target)
        shutil.copyfile(signature, os.path.join(target, "signature-1"))

    def fingerprint(self):
        with open(os.path.join(self.data, "keys.txt"), encoding="utf-8") as f:
            return next(line.split()[1] for line in f if line.startswith("release.asc "))


def make_cases(s, server):
    """Every command, the hostile twin of each good one beside it."""
    repository = s.reference.rsplit(":", 1)[0]
    local = ["verify", "--offline", "--key", s.key]
    image = "dir:" + s.release
    network = ["verify", "--key", s.key, "--tls-verify=false", "--request-timeout", "2", "--retry-times", "1"]
    registry = f"{server}/ocp/release"
    standalone = ["standalone-verify", "--public-key-file", s.key, s.manifest, s.reference, s.fingerprint()]

    by = ["--homedir", s.home, "--timeout", "30s"]
    sign = ["sign", "--key-id", s.fingerprint(), "--offline", "--lookaside", "{out}", "--manifest", s.manifest] + by
    standalone_sign = ["standalone-sign", "-o", "{out}/signature-1"] + by + [s.manifest]
    made = standalone + ["{signature}"]

    files = ["verify-files", "--key", s.key]
    fetched = files + ["--request-timeout", "2", "--retry-times", "1", "--output-dir", "{out}"]

    def audit(name):
        tree = s.audited[name]
        return ["audit", "--offline", "--key", s.key, "--store", f"file://{tree}/store", "--blobs=verify",
                "--from", tree, s.reference.rsplit(":", 1)[1]]

    def by_store(url, digest):
        return ["--store", url, f"{repository}@{digest}"]

    return [
        Case("directory", local + [image], True, GPG),
        Case("directory, flipped payload", local + ["--signature", s.blob("flipped-payload"), image], False, GPG),
        Case("directory, wrong key", ["verify", "--offline", "--key", s.keyfile("other.asc"), image], False, GPG),
        Case("directory, other name", local + ["--identity", repository + ":4.99.1", image], False, RELSIG),
        Case("compressed", local + ["--signature", s.blob("gpg-zip"), image], True, RELSIG),
        Case("compressed, flipped payload", local + ["--signature", s.blob("flipped-payload-zip"), image], False,
             RELSIG),
        Case("file store", local + ["--digest-only"] + by_store("file://" + s.stores["good"], s.digest), True,
             RELSIG),
        Case("file store, flipped payload",
             local + ["--digest-only"] + by_store("file://" + s.stores["bad"], s.digest), False, RELSIG),
        Case("file store, wrong digest",
             local + ["--manifest", s.manifest] + by_store("file://" + s.stores["good"], s.wrong_digest), False,
             RELSIG),
        Case("file store, signature of another digest",
             local + ["--digest-only"] + by_store("file://" + s.stores["good"], s.wrong_digest), False, RELSIG),
        Case("archive", local + ["--from", s.archives["good"], s.reference], True, RELSIG),
        Case("archive, flipped payload", local + ["--from", s.archives["bad"], s.reference], False, RELSIG),
        # As many as make the report's list grow.
        Case("JSON", local + ["--json"] + 9 * [image], True, RELSIG),
        Case("JSON, flipped payload", local + ["--json", "--signature", s.blob("flipped-payload"), image], False,
             RELSIG),
        Case("standalone", standalone + [s.signature], True, RELSIG),
        Case("standalone, flipped payload", standalone + [s.blob("flipped-payload")], False, RELSIG),
        Case("network", network + ["--store", f"http://{server}/good", f"{registry}:4.99.0-x86_64"], True, NETWORK),
        Case("network, flipped payload",
             network + ["--store", f"http://{server}/bad", f"{registry}@{s.digest}"], False, NETWORK),
        Case("network, wrong digest",
             network + ["--store", f"http://{server}/good", f"{registry}@{s.wrong_digest}"], False, NETWORK),
        Case("sign", sign + [s.reference], True, RELSIG, made),
        Case("sign, wrong digest", sign + [f"{repository}@{s.wrong_digest}"], False, RELSIG, made),
        Case("standalone-sign", standalone_sign + [s.reference, s.fingerprint()], True, RELSIG, made),
        Case("standalone-sign, wrong digest",
             standalone_sign + [f"{repository}@{s.wrong_digest}", s.fingerprint()], False, RELSIG, made),
        Case("files", files + ["--offline", "--all", s.files["good"] + "/sums.sig"], True, RELSIG),
        Case("files, another content", files + ["--offline", "--all", s.files["bad"] + "/sums.sig"], False, RELSIG),
        Case("fetched files", fetched + ["--url", f"http://{server}/files-good", "sums.sig", "client"], True, NETWORK,
             None, {"client": s.content, **s.list_of("good")}),
        Case("fetched files, another content", fetched + ["--url", f"http://{server}/files-bad", "sums.sig", "client"],
             False, NETWORK, None, s.list_of("bad")),
        Case("audit", audit("good"), True, RELSIG),
        Case("audit, another blob", audit("bad"), False, RELSIG),
        Case("digest", ["manifest-digest", s.manifest], True, RELSIG),
        Case("digest, schema 1", ["manifest-digest", s.schema1], False, RELSIG),
    ]


def arguments_of(case, out):
    return [argument.replace("{out}", out) for argument in case.arguments]


def make_handler(s):
    """A registry of one image, whatever digest is asked for, two stores, and two directories of files."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def body(self):
            parts = self.path.strip("/").split("/")
            if parts[0] == "v2":
                if len(parts) == 1:
                    return b"{}", "application/json"
                with open(s.manifest, "rb") as f:
                    return f.read(), "application/vnd.docker.distribution.manifest.v2+json"
            path = os.path.join({**s.stores, **s.files_by_url}.get(parts[0], "/nonexistent"), *parts[1:])
            try:
                with open(path, "rb") as f:
                    return f.read(), "application/octet-stream"
            except OSError:
                return None, None

        def do_GET(self):
            body, kind = self.body()
            status = "200 OK" if body is not None else "404 Not Found"
            body = body if body is not None else b""
            head = f"HTTP/1.1 {status}\r\nContent-Type: {kind or 'text/plain'}\r\nContent-Length: {len(body)}\r\n\r\n"
            # In one write, lest the kernel wait for the other side's acknowledgement.
            self.wfile.write(head.encode("ascii") + body)

        do_HEAD = do_GET

        def log_message(self, *_):
            pass

    return Handler


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A client that goes away is what this is about."""


def serve(sample, out):
    server = Server(("127.0.0.1", 0), make_handler(sample))
    out.send(server.server_address[1])
    server.serve_forever()


def start_server(sample):
    """The process, and HOST:PORT."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(target=serve, args=(sample, theirs), daemon=True)
    process.start()
    return process, f"127.0.0.1:{ours.recv()}"
