#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes large mirrors that take little disk, with one release among much else.

    make_mirror.py storage N RELEASE OUT    a registry's storage directory with N other repositories
    make_mirror.py blobs N RELEASE OUT      an archive as oc-mirror's, of N blobs of 8 MiB: holes in the file, but
                                            ordinary members of the archive
    make_mirror.py links N RELEASE OUT      the same, of N links to layers, in a directory each

RELEASE is an image as skopeo's "dir:" has it, with signature-1 (testdata/release); it comes last. Its repository is
openshift/release-images, its tag TAG.
"""
import hashlib
import os
import sys

TAG = "4.99.0-x86_64"
REGISTRY = "docker/registry/v2"
BLOB_BYTES = 8 << 20


def blob(digest):
    return f"{REGISTRY}/blobs/sha256/{digest[:2]}/{digest}/data"


def link(repository, kind, digest):
    return f"{REGISTRY}/repositories/{repository}/{kind}/sha256/{digest}/link", f"sha256:{digest}".encode()


def image(repository, tag, manifest):
    """What a registry stores of an image without its layers: names with contents."""
    digest = hashlib.sha256(manifest).hexdigest()
    tags = f"_manifests/tags/{tag}"
    yield blob(digest), manifest
    yield link(repository, "_manifests/revisions", digest)
    yield link(repository, tags + "/index", digest)
    yield f"{REGISTRY}/repositories/{repository}/{tags}/current/link", f"sha256:{digest}".encode()


def release(directory):
    with open(f"{directory}/manifest.json", "rb") as file:
        manifest = file.read()
    with open(f"{directory}/signature-1", "rb") as file:
        signature = file.read()
    yield from image("openshift/release-images", TAG, manifest)
    yield f"working-dir/signatures/{TAG}-sha256-{hashlib.sha256(manifest).hexdigest()}", signature


def header(name, size):
    """Of a tar archive, ustar format: ten times as fast as tarfile's, and there are many."""
    block = bytearray(512)
    prefix, base = b"", name.encode()
    if len(base) > 100:
        slash = base.index(b"/", len(base) - 101)
        prefix, base = base[:slash], base[slash + 1:]
    for at, field in ((0, base), (100, b"0000644"), (124, b"%011o" % size), (136, b"00000000000"), (148, b" " * 8),
                      (156, b"0"), (257, b"ustar\x0000"), (345, prefix)):
        block[at:at + len(field)] = field
    block[148:155] = b"%06o\0" % sum(block)
    return block


class Archive:
    """Headers and small contents are written; the file is as long as it must be."""

    def __init__(self, path):
        self.file = open(path, "wb")

    def add(self, name, size):
        self.file.write(header(name, size))

    def add_file(self, name, content):
        self.add(name, len(content))
        self.file.write(content + bytes(-len(content) % 512))

    def add_hole(self, name, size):
        self.add(name, size)
        self.file.seek(size, os.SEEK_CUR)

    def end(self):
        self.file.write(bytes(1024))
        self.file.close()


def make_storage(n, out):
    def write(name, content):
        path = f"{out}/{name}"
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content)

    for i in range(n):
        for name, content in image(f"group{i % 100}/image{i}", "latest", b'{"schemaVersion": 2, "n": %d}' % i):
            write(name, content)
    return write


def make_archive(kind, n, out):
    archive = Archive(out)
    for i in range(n):
        digest = hashlib.sha256(b"%d" % i).hexdigest()
        if kind == "blobs":
            archive.add_hole(blob(digest), BLOB_BYTES)
        else:
            archive.add_file(*link("openshift/release", "_layers", digest))
    return archive


def main():
    kind, n, directory, out = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
    if kind == "storage":
        write = make_storage(n, out)
        for name, content in release(directory):
            write(name, content)
    else:
        archive = make_archive(kind, n, out)
        for name, content in release(directory):
            archive.add_file(name, content)
        archive.end()


main()
