#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The house keeps its own rules (src/README): which folder may include which, who may make what proves a signature,
# who may talk to gpg and to the network, and what the C is written with.
set -u
cd "${SRCDIR:-.}/src" || exit 1

passed=0 failed=0
# ok NAME COMPLAINTS: a rule holds when there are no complaints.
ok() {
	if test -z "$2"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		printf 'folders: %s:\n%s\n' "$1" "$2"
	fi
}
# only_in FILES-REGEX PATTERN: lines with PATTERN in files that FILES-REGEX does not name.
only_in() {
	grep -nE -e "$2" -- */*.[ch] | grep -vE "^($1):"
}

# A line per folder: what it may include.
order() {
	cat <<-END
		base base
		formats base formats
		trust base formats trust
		transport base formats transport
		verify base formats trust transport verify
		cmd base formats trust transport verify cmd
	END
}
ok 'folders that are not in the list above' "$(for folder in */; do
	order | grep -q "^${folder%/} " || echo "src/$folder"
done)"
ok 'an include against the order of the folders, or without a folder' "$(order | awk '
	FNR == NR { for (i = 2; i <= NF; i++) may[$1, $i] = 1; next }
	/^[ \t]*#[ \t]*include[ \t]*"/ {
		split(FILENAME, from, "/"); split($0, name, "\""); n = split(name[2], to, "/")
		if (n != 2 || !((from[2], to[1]) in may)) print FILENAME ":" FNR ": " $0
	}' - ./*/*.[ch])"

# The proof is made in one place, and the word for it is given in one place.
for type in signed_bytes:trust/signed_bytes.c claim:trust/claim.c waiver:trust/waiver.c link:trust/link.c \
	agreement:trust/agreement.c signed_sums:trust/file_claim.c file_claim:trust/file_claim.c; do
	file=${type#*:}
	test -e "$file" || continue
	ok "struct ${type%:*} is defined once, in $file" "$(only_in "$file" "^struct ${type%:*} \{")$(
		test "$(grep -c "^struct ${type%:*} {" "$file")" -eq 1 || echo "$file")"
done
ok 'struct signed_bytes is made by those who verify signatures, once each' "$(
	only_in 'trust/(openpgp|sigstore|signed_bytes)\.c' 'signed_bytes_make\.h"'
	only_in 'trust/(openpgp|sigstore|signed_bytes)\.c|trust/signed_bytes_make\.h' '\bsigned_bytes_make *\('
	for file in trust/openpgp.c trust/sigstore.c; do
		test "$(grep -c '\bsigned_bytes_make(' "$file")" -eq 1 || echo "$file"
	done)"
# calls_in FILES-REGEX FUNCTION: who else calls it; each of the files that may does so once.
calls_in() {
	only_in "trust/verdict\.[ch]|$1" "\\b$2 *\\("
	for file in $(printf '%s\n' "$1" | sed 's/[()\\]//g; s/|/ /g'); do
		test "$(grep -c "\\b$2(" "$file")" -eq 1 || echo "$file: not one $2"
	done
}
ok 'what was signed discharges an obligation in two places' \
	"$(calls_in 'verify/work\.c|cmd/standalone_verify\.c' verdict_discharge)"
ok 'a link, another verdict and an agreement do in one, of the audit' "$(for proof in link verdict agreement; do
	calls_in 'verify/audit_prove\.c' "verdict_discharge_$proof"
done)"
ok 'a file of a signed list does in one' "$(calls_in 'verify/files\.c' verdict_discharge_file)"
ok 'only the verdict says that an obligation is discharged' "$(only_in 'trust/verdict\.c' 'discharged *= *[^=]')"
ok 'only the verdict, and the attempt whose claim discharged it, are accepted' "$(
	only_in 'trust/(verdict|reason)\.c|verify/work\.c' '([^=!]=|return|\?|:) *REASON_ACCEPTED\b' |
	grep -v 'case REASON_ACCEPTED:')"
ok 'only trust/ speaks to gpg' "$(only_in 'trust/[a-z_]*\.[ch]' 'include <(gpgme|gpg-error)\.h>')"
ok 'only the process that signs lets gpg sign' "$(only_in 'trust/signing_gpg\.c' '\bgpgme_op_sign *\('
	only_in 'trust/signing(_gpg)?\.[ch]' '\bsigning_gpg_(open|sign) *\(')"
ok 'what is published was proven' "$(only_in 'verify/publish\.[ch]|cmd/sign\.c' '\bpublish_signature *\('
	test "$(grep -c made_signature_prove cmd/sign.c)" -eq 1 ||
		echo cmd/sign.c)"
ok 'only relsig-fetch and transport/ know libcurl' \
	"$(only_in 'cmd/(relsig_)?fetch[a-z_]*\.[ch]|transport/[a-z_]*\.[ch]' 'include <curl/')"
ok 'bytes in, struct out: formats/ opens no file, asks no clock and no environment' \
	"$(grep -nE '\b(f?open(at)?|time|clock_gettime|gettimeofday|getenv|setlocale|socket) *\(' -- formats/*.c |
		grep -vE ':[[:space:]]*(/\*|\*)')"
ok 'JSON is read by formats/json alone' "$(only_in 'formats/json\.c' '\bjson_load[a-z]* *\(')"

# How it is written.
ok 'calls that have no place here' "$(grep -nE \
	'\b(strcpy|strcat|v?sprintf|gets|strtok(_r)?|ato[fil]+|system|popen|alloca|mktemp|tmpnam) *\(' -- */*.[ch])"
ok 'the first line of each file is the licence' "$(for file in */*.[ch] ../tests/*.[ch]; do
	test "$(head -n 1 "$file")" = '/* SPDX-License-Identifier: GPL-3.0-or-later */' || echo "$file"
done)"
ok 'lines over 100 columns' "$(for file in */*.[ch] ../tests/*.[ch]; do
	expand "$file" | awk -v file="$file" 'length > 100 { print file ":" NR ": " length " columns" }'
done)"
ok 'files over 400 lines' "$(wc -l -- */*.[ch] | awk '$2 != "total" && $1 > 400')"

echo "folders: $passed passed, $failed failed, 0 skipped"
test "$failed" -eq 0
