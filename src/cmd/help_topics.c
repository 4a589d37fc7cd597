/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/help_topics.h"

#include "base/base.h"

static const char exit_status[] =
    "0  every IMAGE is accepted: a full proof, and nothing less\n"
    "1  at least one is refused: the evidence is there and says no\n"
    "2  none is refused, and there is no verdict on at least one: the command line,\n"
    "   the network, a file, GnuPG; or the report could not be written\n\n"
    "A script goes on after 0 alone:\n\n"
    "  relsig verify --json IMAGE >report.json || exit\n";

/* Scripts match these words. */
static const char reasons[] =
    "The word after the verdict, and the exit status that it leads to:\n\n"
    "  accepted                  0    all of it holds\n"
    "  no-signature              1    every store answered, none has a signature for it\n"
    "  not-a-signature           1    something else lies where a signature belongs\n"
    "  bad-signature             1    it does not fit what it claims to sign\n"
    "  unknown-key               1    signed by a key that is not in the key files\n"
    "  untrusted-key             1    signed by a key that is not to be trusted\n"
    "  key-expired               1    get a newer copy of the key\n"
    "  key-revoked               1    nothing that this key signed can be trusted\n"
    "  signature-expired         1    look for a newer signature\n"
    "  weak-crypto               1    broken hashes, short keys (--allow-weak-crypto)\n"
    "  malformed-payload         1    a trusted key signed something that is no claim\n"
    "  signed-digest-mismatch    1    a good signature for another image\n"
    "  identity-mismatch         1    a good signature by another name (--identity)\n"
    "  manifest-digest-mismatch  1    other bytes than were asked for\n"
    "  unsupported-manifest      1 2  a kind of manifest that is refused\n"
    "  content-missing           1    audit: what the release refers to is not there\n"
    "  content-mismatch          1    audit: it is there, and is something else\n"
    "  rejected-by-policy        1    the policy rejects it, or wants what none can meet\n"
    "  unreachable               2    a registry, store or key could not be reached\n"
    "  too-large                 1 2  over its limit\n"
    "  timed-out                 2    --request-timeout, --timeout, or gpg's own limit\n"
    "  io-error                  2    a file, a process or a setting of this machine\n"
    "  usage                     2    a wrong name or option, or a file that one names\n";

static const char images[] =
    "  4.14.3, 4.14.3-x86_64       quay.io/openshift-release-dev/ocp-release:VERSION-ARCH;\n"
    "                              without ARCH, this machine's\n"
    "  sha256:HEX                  quay.io/openshift-release-dev/ocp-release@sha256:HEX\n"
    "  HOST/PATH[:TAG][@DIGEST]    in a registry; docker:// may stand before it\n"
    "  dir:PATH                    manifest.json in a directory, signature-1 beside it\n"
    "  oci:PATH[:REF]              an OCI image layout\n"
    "  file://REPOSITORY:TAG       oc's name for an image in the tree below --dir\n"
    "  -                           names from standard input, one a line\n\n"
    "A tag or version must be the one that was signed; after a digest any will do.\n"
    "--from PATH looks for the image in files: a saved folder, a mirror's tree or archives.\n";

static const char trust[] =
    "Without --key one key is trusted, and no other, wherever it was found:\n\n"
    "  567E347AD0044ADE55BA8A5F199E2F91FD431D51 Red Hat, Inc. (release key 2)\n\n"
    "It is looked for in this order:\n\n"
    "  /etc/pki/rpm-gpg/RPM-GPG-KEY-redhat-release\n"
    "  " RELSIG_DATADIR "/keys, where an administrator may put it\n"
    "  the user's cache, then folders of \"relsig save\" that --from names\n"
    "  https://access.redhat.com/security/data/fd431d51.txt, but for --offline\n\n"
    "--key FILE trusts the keys of the file instead, --fingerprint FPR only some of them.\n"
    "--policy FILE and --registries.d DIR decide as a node does.\n\n"
    "What must be signed is the image's digest, by the name\n"
    "quay.io/openshift-release-dev/ocp-release and the image's tag, wherever the bytes came\n"
    "from; --identity REF is for another name. Signatures come from Red Hat's stores, or\n"
    "from --store, --signature and --signature-configmap.\n";

static const char mirrors[] =
    "From a mirror, either name the image as it is there:\n\n"
    "  relsig verify registry.example.com:5000/ocp/release-images:4.16.0-x86_64\n\n"
    "or as it is upstream, and say where else it is. The mirrors are asked in this order:\n"
    "--mirror SOURCE=MIRROR, those of the objects in --mirror-config FILE (ImageDigestMirrorSet,\n"
    "ImageTagMirrorSet, ImageContentSourcePolicy), then the image's own registry.\n\n"
    "The name to be signed is that upstream in both cases. Bytes with a wrong digest are not\n"
    "used, and the next mirror is asked; the report says who sent what.\n\n"
    "--authfile and --creds are for the mirror's password, --cert-dir for its authority.\n"
    "Where no registry runs, --from PATH finds images in files.\n";

static const char confinement[] =
    "Before it meets anything from outside, each process gives up what it does not need,\n"
    "by Landlock, a seccomp filter and resource limits:\n\n"
    "  relsig        opens no socket, and writes in its private directory and cache only\n"
    "  relsig-fetch  has the network; starts no program, writes no file\n"
    "  gpg           opens no socket, starts no process, writes no file\n\n"
    "What this kernel, or a container around it, does not have is left out: --verbose and\n"
    "the JSON report (relsig-report(5)) say so.\n";

const struct help_topic help_topics[] = {
	{ "exit-status", "what 0, 1 and 2 mean", exit_status, "EXIT STATUS" },
	{ "reasons", "the words after a verdict", reasons, "REASONS" },
	{ "images", "how IMAGE is written", images, "IMAGE NAMES" },
	{ "trust", "which keys, whose name, where signatures are", trust, "KEYS" },
	{ "mirrors", "images that lie elsewhere", mirrors, "MIRRORS" },
	{ "confinement", "what each process gives up", confinement, "WHAT IS VERIFIED" },
};
const size_t n_help_topics = ARRAY_LEN(help_topics);
