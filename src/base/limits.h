/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every cap of relsig, with its reason. Each has a test one below and one above. A cap is passed to
 * the function that needs it; these are the values that verify/ and cmd/ pass.
 */
#ifndef RELSIG_BASE_LIMITS_H
#define RELSIG_BASE_LIMITS_H

/* What containers/image and registries allow a manifest; the largest real release list is 2 kB. */
#define MAX_MANIFEST_BYTES ((size_t)4 << 20)

/*
 * What one manifest refers to: a release image has seven layers, the oldest images over a hundred;
 * and a list has an image for each machine.
 */
#define MAX_DESCRIPTORS 1000u
/*
 * Components of one release: 4.20 has 190. Each has 650 bytes, and 13 values, in its
 * image-references, which is the largest file of a release image that is read.
 */
#define MAX_RELEASE_COMPONENTS 5000u
#define MAX_IMAGE_REFERENCES_BYTES ((size_t)16 << 20)
/* Files in its release-manifests: 4.20 has some 900. */
#define MAX_RELEASE_MANIFESTS 10000u
/* The config of an image: its history and its labels; the largest real ones have some 30 kB. */
#define MAX_IMAGE_CONFIG_BYTES ((size_t)4 << 20)
/* A layer of one when unpacked, and the files in it: the largest real one has some 300 MB. */
#define MAX_LAYER_UNPACKED_BYTES ((uint64_t)8 << 30)
#define MAX_LAYER_FILES ((uint64_t)1000000)
/*
 * What stands before the content of one file in a tar archive: libarchive takes 1 MiB of extended
 * headers at most, but the list of holes in a sparse file has no end.
 */
#define MAX_TAR_HEADER_BYTES ((size_t)4 << 20)

/* Real signatures are under 1 KiB; library-go means to read 50 KiB of one. */
#define MAX_SIGNATURE_BYTES ((size_t)64 << 10)

/* What the compressed part of a signature may inflate to. Real payloads are under 350 bytes. */
#define MAX_INFLATED_BYTES ((size_t)64 << 10)

/* signature-1 ... signature-9 of one store, as library-go (and so the cluster) looks. */
#define MAX_SIGNATURES_PER_STORE 9u
/* signature-1 ... of one lookaside store: containers/image gives up when it would ask for 128. */
#define MAX_SIGNATURES_PER_LOOKASIDE 127u

/*
 * Signatures of one digest in a tree of files or in ConfigMaps: a release has one or two, and each
 * is a run of gpg.
 */
#define MAX_SIGNATURES_PER_TREE 128u
/*
 * A file with ConfigMaps of signatures: etcd takes 1.5 MiB of one. All of them together: they are
 * kept while the program runs.
 */
#define MAX_CONFIGMAP_BYTES ((size_t)4 << 20)
#define MAX_CONFIGMAPS_BYTES ((size_t)16 << 20)
/* Names in one folder of signatures, and in the folders of a lookaside store: 1,400 releases. */
#define MAX_TREE_NAMES 100000u

/*
 * A signed list of sums, whether it comes compressed, in clear text or beside its signature: a
 * release's has some dozens of lines of a hundred bytes.
 */
#define MAX_SUMS_BYTES ((size_t)1 << 20)
/* Files in it: each line has 66 bytes at least, but for the name. */
#define MAX_SUMS_FILES ((size_t)10000)
/*
 * One file that is fetched (--max-size), in MiB: a list does not say how large its files are, and
 * the largest of a release has some 5 GiB. And the most that may be said.
 */
#define FETCHED_FILE_MIB (16u << 10)
#define MAX_FETCHED_FILE_MIB (1u << 30)

/* A key file: the largest RPM-GPG-KEY file of a distribution is 40 kB, with post-quantum keys. */
#define MAX_KEY_FILE_BYTES ((size_t)1 << 20)
/* Certificates in one key file, and keys (primary and subkeys) in one certificate. */
#define MAX_CERTIFICATES 256u
#define MAX_KEYS_PER_CERTIFICATE 64u
/* Keys and user IDs in one certificate, and signatures on each: honest ones have a handful. */
#define MAX_COMPONENTS 1000u
#define MAX_SIGNATURES_PER_COMPONENT 10000u

/*
 * What the process that signs may answer: the public half of a key, without other people's
 * signatures, has a few kB, and a socket of AF_UNIX takes 200 kB at once.
 */
#define MAX_SIGNING_ANSWER_BYTES ((size_t)128 << 10)
/* A file with a passphrase: GnuPG takes 255 bytes of one. */
#define MAX_PASSPHRASE_BYTES ((size_t)1 << 10)

/* The payload of a sigstore signature: real ones are under 400 bytes. */
#define MAX_SIGSTORE_PAYLOAD_BYTES ((size_t)32 << 10)
/* One annotation of a sigstore signature: a Rekor bundle has 6 kB, a chain of certificates 4 kB. */
#define MAX_SIGSTORE_ANNOTATION_BYTES ((size_t)32 << 10)
/* Layers of one "sha256-HEX.sig" image: each signing appends one; releases are signed twice. */
#define MAX_SIGSTORE_LAYERS 128u

/* relsig-save.json: a line of a hundred bytes for each image that was saved. */
#define MAX_SAVE_INDEX_BYTES ((size_t)16 << 20)
/* Files and directories in one directory of such a folder: two for each image. */
#define MAX_SAVED_NAMES ((size_t)1000000)
/* One file of it: the largest is a report of many images, with some kB for each. */
#define MAX_SAVED_FILE_BYTES ((size_t)256 << 20)
/*
 * How often the same key, or the image that holds sigstore signatures, is kept as it was at
 * different times: a key is renewed, and another signature added.
 */
#define MAX_SAVED_VERSIONS 99u

/* auth.json and friends. */
#define MAX_AUTHFILE_BYTES ((size_t)1 << 20)
/* What a credential helper prints, on either stream: a token is some KiB. */
#define MAX_HELPER_BYTES ((size_t)64 << 10)
/* How long one may take: it may ask the cloud, or a person for a passphrase. */
#define HELPER_TIMEOUT_MS 60000u
/* A registry's token answer, as in containers/image. */
#define MAX_TOKEN_BYTES ((size_t)1 << 20)
/* All CA certificates of one --cert-dir directory together. */
#define MAX_CERTS_BYTES ((size_t)4 << 20)
/* The header block of one HTTP response. */
#define MAX_HTTP_HEADER_BYTES ((size_t)64 << 10)
/* Redirects followed for one request, as in Go. */
#define MAX_HTTP_REDIRECTS 10L
/* A URL or an image name. */
#define MAX_URL_BYTES ((size_t)8 << 10)

/* policy.json: OpenShift writes a few kB of it; keys given in it as base64 make it longer. */
#define MAX_POLICY_BYTES ((size_t)1 << 20)
/* Scopes in it, of all transports: one for each registry or namespace that somebody listed. */
#define MAX_POLICY_SCOPES 10000u
/* Requirements of one scope: all must hold, and each makes its own round over the signatures. */
#define MAX_POLICY_REQUIREMENTS 100u
/* Key files, or keys given as data, of one requirement: as many as certificates in a key file. */
#define MAX_POLICY_KEYS 256u

/* Nesting of any JSON document that is read; the deepest real one (image-references) has 6. */
#define MAX_JSON_DEPTH 64
/*
 * Values in one JSON document: jansson takes 230 bytes for one, and an image-references has 2,400.
 */
#define MAX_JSON_VALUES 100000u

/* One file of registries.d, and the sections of all: a site has some dozens of registries. */
#define MAX_REGISTRIESD_BYTES ((size_t)1 << 20)
#define MAX_REGISTRIESD_SECTIONS 10000u

/* One file of mirror sets, and the entries of all: oc-mirror writes one for each repository. */
#define MAX_MIRROR_CONFIG_BYTES ((size_t)1 << 20)
#define MAX_MIRROR_SETS 5000u
/* Mirrors of one source: each may be asked for each image, one after the other. */
#define MAX_MIRRORS_PER_SOURCE 64u

/* A MachineConfig: a rendered one, with all of a node's files, has a few hundred kB. */
#define MAX_MACHINE_CONFIG_BYTES ((size_t)16 << 20)
/* What one compressed file in it may inflate to. */
#define MAX_NODE_FILE_BYTES ((size_t)4 << 20)

/* What a symbolic link may say: as much as a path (PATH_MAX). */
#define MAX_LINK_BYTES ((size_t)4 << 10)

/* Of a blob that is read piece by piece, so much at once: enough to make calls cheap. */
#define BLOB_PIECE_BYTES ((size_t)256 << 10)

/* Parts of one archive, each an open file: enough for a mirror of 2 TB in parts of 8 GB. */
#define MAX_ARCHIVES 256u
/*
 * Names in the archives of one tree, directories counted: a release of 200 images has some
 * thousands. So many take 14 MiB of memory, 24 bytes each and what they are found by.
 */
#define MAX_ARCHIVE_NAMES ((size_t)400000)
/* The name of one member: Linux opens none that is longer. And its parts, counted in a byte. */
#define MAX_MEMBER_NAME_BYTES ((size_t)4 << 10)
#define MAX_MEMBER_NAME_PARTS 255u
/* The path of a repository, as in containers/image. */
#define MAX_REPOSITORY_BYTES 255u
/* Directories that are looked into for repositories: a mirror of everything has some 10,000. */
#define MAX_TREE_DIRECTORIES 200000u
/* Files of signatures in one directory: oc-mirror has one for a release. */
#define MAX_TREE_NAMES 100000u

/* Names read from standard input with "-". */
#define MAX_NAMES_BYTES ((size_t)16 << 20)

/* One gpg run. gpg in FIPS mode needs 0.1 s to start on an idle machine; a busy one needs more. */
#define GPG_TIMEOUT_MS 20000
/* CPU seconds that one gpg may burn: an honest one needs 0.01. */
#define GPG_CPU_SECONDS 10u
/*
 * Bytes that one gpg may write to: gpg 2.2.40 needs 1.2 MiB with one key, 4 MiB with a key file of
 * MAX_KEY_FILE_BYTES that is all signatures.
 */
#define GPG_MEMORY_BYTES ((uint64_t)256 << 20)
/* Its descriptors: it has ten. */
#define GPG_FILES 64u

/*
 * What gpg prints for people, and what GPGME keeps of it in memory until the end: an honest gpg has
 * a few lines, 10 kB with a hostile key.
 */
#define MAX_GPG_TALK_BYTES ((size_t)2 << 20)

/* One HTTP request, from the first packet to the last byte (--request-timeout). */
#define HTTP_TIMEOUT_MS 30000
/* How often a request that failed in passing is repeated (--retry-times). */
#define HTTP_RETRY_TIMES 2u

/* The longest --request-timeout and --timeout. */
#define MAX_REQUEST_TIMEOUT_MS (60u * 60 * 1000)
#define MAX_RUN_TIMEOUT_MS (24u * 60 * 60 * 1000)
/*
 * How long after --timeout the process is ended, wherever it hangs: time to kill what runs and to
 * print the report.
 */
#define RUN_GRACE_MS 5000

/* Work done at once (--jobs): enough to hide a mirror's latency, few enough for a small machine. */
#define DEFAULT_JOBS 4u
#define MAX_JOBS 64u
/* An audit asks for thousands of small things, and hashes large ones. */
#define DEFAULT_AUDIT_JOBS 8u

/* How far a signature's time may lie in the future: clocks differ, release days do not. */
#define MAX_CLOCK_SKEW_SECONDS (24L * 60 * 60)

#endif
