# SPDX-License-Identifier: GPL-3.0-or-later
# relsig's build, for GNU make: this file reads alone. `make help` says what there is to ask for.
#
# Everything that is built goes to $(O), build/ in the current directory. Nothing is ever written into the
# source tree, except when it is the current directory: then configure and config.mk appear there too.
# No VPATH: a rule names its source as $(srcdir)/..., so a built file in the source tree is never mistaken.

# Outside the source tree the first Makefile is configure's, of one line, and the last is this one.
self := $(firstword $(MAKEFILE_LIST))
srcdir := $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))
ifeq ($(wildcard $(srcdir)/configure.ac),)
$(error the path of the source has a space in it: run its configure from here, then plain "make")
endif
VERSION := $(shell sed -n 's/^AC_INIT(\[relsig\], \[\(.*\)\])$$/\1/p' $(srcdir)/configure.ac)
O ?= build

# ---- What there is to build: lists by hand, one row a folder (tests/test_in_step.sh compares them with the files)

BASE = base beneath buf children cleanup confine confine_gpg confine_landlock confine_report \
	confine_seccomp deadline err file outdir partial program text
FORMATS = armor authfile certificate certificates challenge cluster_image_policy content_range \
	credential_helper data_url descriptors digest fingerprint image_config image_name image_references \
	inflate json json_write machine_config machine_config_write manifest mirror_objects mirror_order mirrors \
	oci_index packets payload payload_write policy policy_identity policy_requirement policy_scope \
	policy_source proxy public_key reference registriesd registry_error rekor release_annotations \
	release_diff release_metadata save_index scopes signature_blob signature_configmap \
	signature_configmap_write signed_message signed_text sigstore_manifest sigstore_signature spelling sums \
	yaml yaml_write
TRUST = agreement claim evidence file_claim gpg gpg_run gpghome identity keys link openpgp public_keys reason \
	signed_bytes signing signing_gpg sigstore subject transparency validsig verdict waiver
TRANSPORT = asked attachment attachment_copy blob certs content credentials fetcher fetcher_authorities \
	fetcher_confine fetcher_hop fetcher_pem fetcher_process fetcher_proxy fetcher_stream fetcher_tls \
	fetcher_transfer fetcher_url filetree filetree_archive filetree_directory filetree_open helpers http \
	http_blob http_call http_file http_frames http_greeting http_reply http_request http_session http_stream \
	http_ticket http_waiters http_wire layer layout layout_dir layout_distribution layout_oc layout_oci \
	layout_save login mirror_chain place place_blob places registry registry_blob registry_query source \
	store store_tree store_tree_find store_url tar_index tar_reader token unpacked
VERIFY = audit audit_blobs audit_images audit_payload audit_prove audit_read audit_release \
	audit_report audit_sigstore audit_tell batch crew files files_fetch files_list files_task findings image \
	image_instance image_policy image_report image_sigstore keysearch machine_config_check made_signature node_config node_files \
	node_view policy_check policy_check_entries policy_check_keys policy_check_stores policy_explain \
	policy_keys policy_run publish ready registriesd_files save save_lists stores work
CMD = audit audit_asked audit_diff audit_html audit_html_tables audit_json audit_settings audit_text \
	audit_watch audit_words command confined files_json files_text help_topics json_build manifest_digest \
	nearest options policy_check policy_command policy_explain policy_machine_config progress report_json \
	report_text sign sign_settings standalone_sign standalone_verify untrusted_dump verify verify_files \
	verify_helpers verify_mirrors verify_report verify_run verify_settings verify_wanted version watched

# Each relsig and relsig-fetch is its main file and the library.
MAINS = main relsig_fetch

MAN1 = relsig-audit.1 relsig-policy.1 relsig-save.1 relsig-sign.1 relsig-verify-files.1 relsig.1
MAN5 = relsig-report.5

# tests/test_X.c, a suite each; tests/X.c that they share; tests/fuzz_X.c with seeds in tests/fuzz/X/;
# tests/system/X.sh with the seconds that it may take.
SUITES = agreement armor attachment audit audit_html audit_json audit_settings audit_text \
	audit_words authfile batch buf certificate certificates certs challenge children claim cleanup \
	cluster_image_policy confine confine_calls confine_gpg confine_work content content_range \
	credential_helper credentials crew data_url deadline degraded descriptors digest evidence failures \
	fetcher_authorities fetcher_stream file file_claim files files_fetch filetree filetree_archive fingerprint framing gpg gpg_versions \
	gpghome helpers hostile http http_call http_file http_frames http_greeting http_proxy http_servers http_session \
	http_stream http_tls http_wire identity image_name image_policy image_references inflate json key_files \
	keys keysearch keysearch_folder layer layout_save link login machine_config machine_config_check \
	manifest mirror_chain mirrors mutation mutation_inputs nearest node_config oci_index openpgp \
	openpgp_sums options outdir packets partial payload payload_write place policy policy_check policy_explain \
	policy_identity policy_keys policy_requirement policy_run policy_scope program progress proxy public_key \
	public_keys publish ready real_data real_releases reason reference registriesd registry registry_blob \
	rekor release_annotations release_diff release_metadata save_index scopes signature_blob \
	signature_configmap signature_configmap_write signature_packets signed_message signed_text signing \
	signing_end sigstore sigstore_manifest source store store_http store_tree subject sums surroundings \
	takeover text timeout validsig verdict yaml yaml_write
TEST_HELPERS = audit_data audit_run certgen confined_child corpus expect_store failing fake_fetcher \
	fake_gpg fresh hostile_fetcher http_fixture httpd httpd_connection httpd_large judge keyring memory_blob \
	mutation patience pgp process registry_run release_tree relsig_run rows signer sigstore_data skip tarball tree \
	user_gpg
# What tests/failing.c can make fail in the unit tests.
WRAPPED = EVP_Digest EVP_DigestFinal_ex EVP_DigestInit_ex EVP_DigestUpdate children_begin_start \
	children_end_start children_started deadline_passed fork gpgme_ctx_get_engine_info gpgme_data_new \
	gpgme_data_new_from_cbs gpgme_data_new_from_mem gpgme_data_release_and_get_mem gpgme_data_seek \
	gpgme_get_key gpgme_new gpgme_op_export_keys gpgme_op_getauditlog gpgme_op_verify_result \
	gpgme_op_verify_start gpgme_set_io_cbs gpgme_signers_add inflateInit2_ pthread_create \
	pthread_timedjoin_np setenv setpgid socketpair
FUZZ = armor authfile certificates challenge cluster_image_policy content_range credential_helper \
	descriptors digest evidence fingerprint http_call http_frames http_reply http_wire identity image_config \
	image_name image_references json layer machine_config manifest mirrors oci_index origin packets payload \
	policy proxy public_key reference registriesd rekor release_metadata save_index signature_blob \
	signature_configmap signed_message signed_text sigstore_manifest store_url sums tar text token yaml
SYSTEM = archive:300 audit:1200 defaults:300 differential:1800 files:300 files_url:300 mirrors:300 network:300 \
	offline:300 own_store:300 policy:300 policy_differential:900 policy_real:300 policy_sigstore:300 policy_verify:300 \
	real:300 registry:300 release:300 save:300 scripts:300 sign:600 sources:300 standalone:300 stores:300 \
	surroundings:300 verify:300

# ---- Settings: configure's, then the user's own

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules

goals := $(or $(MAKECMDGOALS),all)
ifneq ($(and $(filter deps,$(goals)),$(filter-out deps,$(goals))),)
# `make deps check`: what deps installs is there before anything else is even looked at, with -j too.
.NOTPARALLEL:
.PHONY: $(goals)
deps:
	$(srcdir)/build-aux/deps
$(filter-out deps,$(goals)): deps
	+$(MAKE) -f $(self) $@
else

ifneq ($(filter-out deps clean distclean dist help,$(goals)),)
include config.mk
endif
-include config.local.mk

configure := $(or $(wildcard $(srcdir)/configure),configure)
# A release brings its configure, and nothing makes it anew.
ifneq ($(wildcard $(srcdir)/.git)$(filter configure,$(configure)),)
$(configure): $(srcdir)/configure.ac
	autoconf -o $@ $<
endif
config.mk: $(configure) $(srcdir)/build-aux/config.mk.in
	@if test -f config.status; then ./config.status --recheck && ./config.status; \
	else $(if $(findstring /,$(configure)),,./)$(configure) --srcdir=$(srcdir); fi

INSTALL ?= install
abs_O = $(if $(filter /%,$(O)),$(O),$(CURDIR)/$(O))
abs_srcdir := $(shell cd $(srcdir) && pwd -P)
all_libs = $(GPGME_LIBS) $(JANSSON_LIBS) $(CURL_LIBS) $(SSL_LIBS) $(CRYPTO_LIBS) $(ZLIB_LIBS) $(SECCOMP_LIBS) $(YAML_LIBS) \
	$(ARCHIVE_LIBS)

flags_cpp = -I$(srcdir)/src -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 \
	-DRELSIG_VERSION='"$(VERSION)"' -DRELSIG_LIBEXECDIR='"$(libexecdir)/relsig"' \
	-DRELSIG_DATADIR='"$(datadir)/relsig"' -DRELSIG_HARDENING='"$(strip $(hardening))"' \
	$(GPGME_CFLAGS) $(JANSSON_CFLAGS) $(CRYPTO_CFLAGS) $(SSL_CFLAGS) $(CURL_CFLAGS) $(ZLIB_CFLAGS) \
	$(SECCOMP_CFLAGS) $(YAML_CFLAGS) $(ARCHIVE_CFLAGS)
# __FILE__, which OpenSSL's macros have in them, shall not tell where the source was.
flags_c = -std=gnu11 -pthread -Wall -fmacro-prefix-map=$(srcdir)/=
flags_ld = -pthread
ifdef DEVELOPER
flags_c += -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 -Wundef -Werror
endif
# SANITIZE=address,undefined: instead of hardening, which would hide bugs from the sanitizers.
ifdef SANITIZE
flags_c += -fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer -g
flags_ld += -fsanitize=$(SANITIZE)
instrument = $(O)/tests/sanitizer.o
else ifdef COVERAGE
# Counters that threads share, and absolute names of sources, so that the report finds them from anywhere.
flags_c += --coverage -fprofile-update=atomic -fprofile-abs-path -g
flags_ld += --coverage -Wl,--wrap=_exit -Wl,--wrap=__gcov_exit
instrument = $(O)/tests/coverage/dump.o
else
flags_c += $(HARDEN_CFLAGS)
flags_ld += $(HARDEN_LDFLAGS)
hardening = $(HARDEN_CFLAGS) $(HARDEN_LDFLAGS)
endif
# The user's own come last and win.
compile = $(CC) $(flags_cpp) $(CPPFLAGS) $(flags_c) $(CFLAGS)$(if $(SANITIZE), -O1)$(if $(COVERAGE), -O0)
link = $(CC) $(flags_ld) $(LDFLAGS)
# Only tests see these.
flags_test = -DTEST_SRCDIR='"$(abs_srcdir)"' -DTEST_BUILDDIR='"$(abs_O)"' $(CHECK_CFLAGS)

# Short lines, or commands with V=1.
ifeq ($(V),1)
quiet =
else
quiet = @printf '  %-8s %s\n' $1 '$2';
endif

# ---- Programs

OBJECTS = $(BASE:%=base/%) $(FORMATS:%=formats/%) $(TRUST:%=trust/%) $(TRANSPORT:%=transport/%) \
	$(VERIFY:%=verify/%) $(CMD:%=cmd/%)
TEST_OBJECTS = $(SUITES:%=test_%) $(TEST_HELPERS) main
library = $(O)/librelsig.a
programs = $(O)/relsig $(O)/relsig-fetch
fuzzers = $(FUZZ:%=$(O)/fuzz_%)
completions = $(O)/completions/relsig.bash $(O)/completions/_relsig $(O)/completions/relsig.fish

.PHONY: all
all: $(programs) $(completions)

# This file holds the list of what is in the library, so that a change to it makes the library anew.
$(library): $(OBJECTS:%=$(O)/src/%.o) $(srcdir)/Makefile
	$(call quiet,AR,$@)rm -f $@ && $(AR) rcs $@ $(filter %.o,$^)

# The judge: no libcurl, no libssl. A call into the network from here does not link.
$(O)/relsig: $(O)/src/cmd/main.o $(instrument) $(library)
	$(call quiet,LINK,$@)$(link) -o $@ $^ \
		$(GPGME_LIBS) $(JANSSON_LIBS) $(CRYPTO_LIBS) $(ZLIB_LIBS) $(SECCOMP_LIBS) $(YAML_LIBS) \
		$(ARCHIVE_LIBS) $(LIBS)

# The fetcher: no gpgme.
$(O)/relsig-fetch: $(O)/src/cmd/relsig_fetch.o $(instrument) $(library)
	$(call quiet,LINK,$@)$(link) -o $@ $^ $(CURL_LIBS) $(SSL_LIBS) $(CRYPTO_LIBS) $(SECCOMP_LIBS) $(LIBS)

$(O)/unit: $(TEST_OBJECTS:%=$(O)/tests/%.o) $(instrument) $(library)
	$(call quiet,LINK,$@)$(link) $(WRAPPED:%=-Wl,--wrap=%) -o $@ $^ $(CHECK_LIBS) $(all_libs) $(LIBS)

$(fuzzers): $(O)/fuzz_%: $(O)/tests/fuzz_%.o $(O)/tests/fuzz_replay.o $(instrument) $(library)
	$(call quiet,LINK,$@)$(link) -o $@ $^ $(all_libs) $(LIBS)

# Out of what the program says of itself. To build for another machine: HELP_OF=PROGRAM, a relsig of this version that
# runs here.
HELP_OF ?= $(O)/relsig
$(completions): $(HELP_OF) $(srcdir)/build-aux/completions
	$(call quiet,GEN,$@)mkdir -p $(@D) && $(srcdir)/build-aux/completions \
		$(if $(filter %.bash,$@),bash,$(if $(filter %.fish,$@),fish,zsh)) $(HELP_OF) >$@

$(O)/src/%.o: $(srcdir)/src/%.c $(O)/flags
	$(call quiet,CC,$@)mkdir -p $(@D) && $(compile) -MMD -MP -c -o $@ $<

$(O)/tests/%.o: $(srcdir)/tests/%.c $(O)/flags
	$(call quiet,CC,$@)mkdir -p $(@D) && $(compile) $(flags_test) -MMD -MP -c -o $@ $<

# Changed when, and only when, a flag changed: then everything is built again.
define flags_now
$(compile) $(flags_test)
$(link) $(all_libs) $(CHECK_LIBS) $(LIBS)
endef
export flags_now
$(O)/flags: FORCE
	@mkdir -p $(O) && printf '%s\n' "$$flags_now" | cmp -s - $@ || printf '%s\n' "$$flags_now" >$@

-include $(patsubst %,$(O)/src/%.d,$(OBJECTS) $(MAINS:%=cmd/%)) $(wildcard $(O)/tests/*.d $(O)/tests/*/*.d)

.PHONY: FORCE
FORCE:

# ---- Tests. Each run has a temporary directory and a deadline of its own, and leaves nothing (tests/leftovers.sh).

lists = OBJECTS='$(OBJECTS)' MAINS='$(MAINS:%=cmd/%)' SUITES='$(SUITES)' TEST_HELPERS='$(TEST_HELPERS)' \
	FUZZ='$(FUZZ)' SYSTEM='$(SYSTEM)' MAN='$(MAN1) $(MAN5)'
where = SRCDIR='$(abs_srcdir)' BUILDDIR='$(abs_O)'
leftovers = BUILDDIR='$(abs_O)' $(srcdir)/tests/leftovers.sh

define run_tree
	@$(where) $(srcdir)/tests/test_folders.sh
	@$(where) $(lists) $(srcdir)/tests/test_in_step.sh
	@$(where) $(leftovers) 300 $(srcdir)/tests/test_manual.sh
endef
suites = $(where) SUITES='$(SUITES)' $(srcdir)/tests/run_suites.sh
define run_unit
	@$(suites) 900 $(O)/unit
endef
define run_nofork
	@CK_FORK=no $(suites) 900 $(O)/unit
endef
# Leaks are the sanitizers' part: here GPGME's first fork, which has lost what other threads hold, would fail for them.
# So are the mutants in their tens of thousands, for which valgrind takes half an hour.
under_valgrind = $(filter-out mutation mutation_inputs,$(SUITES))
# The last are tests of these folders too, though not named after a file.
judge_suites = $(filter $(BASE) $(FORMATS) $(TRUST) confine_calls confine_work framing gpg_versions key_files \
	openpgp_sums real_data signature_packets signing_end,$(under_valgrind))
run_valgrind = @CK_FORK=no RELSIG_TEST_PATIENCE=3 CK_EXCLUDE_TAGS=mutation FIGURE=$2 $(where) SUITES='$1' \
	$(srcdir)/tests/run_suites.sh 1800 valgrind --quiet --vgdb=no --error-exitcode=99 --leak-check=no $(O)/unit
define run_fuzz
	@for name in $(FUZZ); do \
		$(leftovers) 120 $(O)/fuzz_$$name $(srcdir)/tests/fuzz/$$name || exit 1; \
	done
endef
define run_system
	@$(where) $(srcdir)/tests/run_system.sh $(SYSTEM)
endef
define run_adversary
	@$(where) $(leftovers) 300 $(srcdir)/tests/adversary/test_run.sh
	@$(where) $(leftovers) 1800 $(srcdir)/tests/adversary/run $(ADVERSARY)
endef

asan = --no-print-directory -f $(self) O=$(O)/asan SANITIZE=address,undefined
.PHONY: check check-all-nofork check-tree check-unit check-nofork check-system check-fuzz check-adversary \
	check-adversary-asan check-adversary-valgrind check-valgrind check-valgrind-judge check-asan check-fault \
	check-mutation check-differential check-packages
check: $(programs) $(completions) $(O)/unit $(fuzzers)
	$(run_tree)
	$(run_fuzz)
	$(run_system)
	$(run_adversary)
	$(run_unit)
# Unforked, what one test leaves in memory is there for the next: the sanitizers see more.
check-all-nofork: $(programs) $(completions) $(O)/unit $(fuzzers)
	$(run_tree)
	$(run_fuzz)
	$(run_system)
	$(run_adversary)
	$(run_nofork)
check-tree: $(programs) $(completions)
	$(run_tree)
check-unit: $(programs) $(O)/unit
	$(run_unit)
check-nofork: $(programs) $(O)/unit
	$(run_nofork)
check-system: $(programs)
	$(run_system)
check-fuzz: $(fuzzers)
	$(run_fuzz)
check-adversary: $(programs)
	@$(leftovers) 1200 $(srcdir)/testdata/make.py --check
	$(run_adversary)
check-adversary-valgrind: $(programs)
	@$(where) $(leftovers) 1800 $(srcdir)/tests/adversary/run --valgrind
check-valgrind: $(programs) $(O)/unit
	$(call run_valgrind,$(under_valgrind),valgrind-checks)
check-valgrind-judge: $(programs) $(O)/unit
	$(call run_valgrind,$(judge_suites),valgrind-judge-checks)
check-fault: $(programs)
	@$(where) $(leftovers) 1200 $(srcdir)/tests/fault/run
check-mutation: $(programs) $(O)/unit
	@for suite in mutation mutation_inputs; do \
		MUTATION=all CK_RUN_SUITE=$$suite $(leftovers) 14400 $(O)/unit || exit 1; \
	done
check-differential: $(programs)
	@MUTANTS=$${MUTANTS:-20000} $(where) $(leftovers) 28800 $(srcdir)/tests/system/differential.sh
check-packages:
	+@$(where) MAKE='$(MAKE)' $(leftovers) 3600 $(srcdir)/tests/packages.sh
# Freed memory is kept for a while, so that its use is seen; 256 MiB of it, the default, makes each fork slow. With them
# relsig takes long to start: it meets each of the adversary's cases once, and in check-adversary-asan as without them.
asan_options = ASAN_OPTIONS=$${ASAN_OPTIONS:-quarantine_size_mb=16}
check-adversary-asan:
	+@$(asan_options) $(MAKE) $(asan) check-adversary
check-asan:
	+@$(asan_options) ADVERSARY=$${ADVERSARY---once} \
		MUTANTS=$${MUTANTS:-200} MUTATION=$${MUTATION:-few} POLICIES=$${POLICIES:-50} COMPONENTS=$${COMPONENTS:-30} \
		$(MAKE) $(asan) check-all-nofork

# gcc's own: clang counts other branches, and tells them otherwise.
.PHONY: coverage coverage-run
coverage:
	+@$(MAKE) --no-print-directory -f $(self) O=$(O)/coverage CC=gcc COVERAGE=1 coverage-run
coverage-run: $(programs) $(O)/unit $(fuzzers)
	@$(where) $(lists) $(srcdir)/tests/coverage/run

ifeq ($(or $(CHECK_LIBS),$(filter clean distclean dist help deps,$(goals))),)
$(TEST_OBJECTS:%=$(O)/tests/%.o):
	@echo 'the tests need Check: package check (Debian, Ubuntu), check-devel (Fedora, RHEL)' >&2; exit 1
endif

# For as long as one likes: make fuzz FUZZ_SECONDS=3600. What is found stays in $(O)/fuzz. As many at a time as there
# are processors, unless -j says otherwise.
FUZZ_SECONDS ?= $(if $(filter assurance,$(goals)),60,30)
.PHONY: fuzz fuzz-run
fuzz:
	+@$(MAKE) --no-print-directory $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$$(nproc)) -f $(self) O=$(O)/fuzz CC=clang \
		SANITIZE=address,undefined,fuzzer-no-link fuzz-run
libfuzzers = $(FUZZ:%=$(O)/libfuzzer_%)
$(libfuzzers): $(O)/libfuzzer_%: $(O)/tests/fuzz_%.o $(library)
	$(call quiet,LINK,$@)$(link) -fsanitize=fuzzer -o $@ $^ $(all_libs) $(LIBS)
fuzzing/%: $(O)/libfuzzer_%
	@mkdir -p $(O)/corpus/$* && rm -f $(O)/$*.runs
	@$< -max_total_time=$(FUZZ_SECONDS) -max_len=65536 -timeout=10 -verbosity=0 -print_final_stats=1 \
		-artifact_prefix=$(O)/$*- $(O)/corpus/$* $(srcdir)/tests/fuzz/$* >$(O)/$*.log 2>&1 || { cat $(O)/$*.log; exit 1; }
	@sed -n 's/^stat::number_of_executed_units: *//p' $(O)/$*.log >$(O)/$*.runs && test -s $(O)/$*.runs && \
		echo "  FUZZ     $*: $$(cat $(O)/$*.runs) executions in $(FUZZ_SECONDS) seconds"
fuzz-run: $(FUZZ:%=fuzzing/%)
	@cat $(FUZZ:%=$(O)/%.runs) | awk '{ n += $$1 } END { printf "fuzz: %.0f executions of %d targets\n", n, NR; \
		printf "figure: fuzz-executions %.0f\n", n; exit n == 0 }'

# All that is counted, at full size: each of these ends with lines "figure: NAME NUMBER", which make the table.
ASSURANCE = check-adversary check-adversary-asan check-adversary-valgrind check-valgrind check-mutation \
	check-differential fuzz check-fault coverage
.PHONY: assurance
assurance:
	+@MUTANTS=$${MUTANTS:-20000} FUZZ_SECONDS=$(FUZZ_SECONDS) MAKE_GOAL='$(MAKE) --no-print-directory -f $(self)' \
		BUILDDIR='$(abs_O)' $(srcdir)/tests/assurance.sh $(ASSURANCE)

# ---- Checks that run nothing

# A tool that is not there is not asked, and the line says so; with $CI set (.ci/run) that is a failure.
skipped = { echo '  skipped: no $1'; test -z "$$CI"; exit; }
static = @command -v $1 >/dev/null || $(skipped); echo '  $1 $2';
.PHONY: check-headers check-static check-analyzer check-cppcheck check-tidy check-man check-scripts
check-headers: $(O)/flags
	@for header in $(patsubst $(srcdir)/src/%,%,$(wildcard $(srcdir)/src/*/*.h)); do \
		echo "#include \"$$header\"" | $(compile) -Wall -Werror -fsyntax-only -x c - || exit 1; \
	done; echo 'headers: each compiles alone'

static_sources = $(OBJECTS:%=src/%) $(MAINS:%=src/cmd/%) $(TEST_OBJECTS:%=tests/%) $(FUZZ:%=tests/fuzz_%)
check-static: check-headers check-analyzer check-cppcheck check-tidy check-man check-scripts
check-analyzer: $(static_sources:%=analyzer/%)
analyzer/%: $(srcdir)/%.c
	$(call static,gcc,-fanalyzer $*)gcc -std=gnu11 $(flags_cpp) $(flags_test) $(CPPFLAGS) -O2 -fanalyzer -Wall -Werror \
		-c -o /dev/null $<
# Left out: variables are declared at a block's top, and cppcheck knows nothing of what AUTO(x) reads at its end.
check-cppcheck:
	$(call static,cppcheck)cppcheck --quiet --error-exitcode=1 --inline-suppr --std=c11 \
		--enable=warning,performance,portability,style --suppress=missingIncludeSystem \
		--suppress=variableScope --suppress=unreadVariable -I$(srcdir)/src -D_GNU_SOURCE $(srcdir)/src
check-tidy: $(static_sources:%=tidy/%)
tidy/%: $(srcdir)/%.c
	$(call static,clang-tidy,$*)clang-tidy --quiet $< -- -std=gnu11 $(flags_cpp) $(flags_test) 2>/dev/null
check-man:
	$(call static,mandoc)mandoc -Tlint -W warning $(MAN1:%=$(srcdir)/man/%) $(MAN5:%=$(srcdir)/man/%)
check-scripts:
	$(call static,shellcheck)shellcheck $(wildcard $(addprefix $(srcdir)/,build-aux/[!c]* build-aux/completions .ci/run \
		tests/*.sh tests/*/*.sh tests/bench/run tests/coverage/run))
	@pyflakes=$$(command -v pyflakes3 || command -v pyflakes) || $(call skipped,pyflakes); echo '  pyflakes'; \
		$$pyflakes $(wildcard $(addprefix $(srcdir)/,tests/fault/run tests/coverage/report tests/*/*.py testdata/*.py))

# ---- Installing. No file of ours is installed anywhere but here.

bash_dir = $(datadir)/bash-completion/completions
zsh_dir = $(datadir)/zsh/site-functions
fish_dir = $(datadir)/fish/vendor_completions.d
.PHONY: install uninstall
install: $(programs) $(completions)
	$(INSTALL) -d "$(DESTDIR)$(bindir)" "$(DESTDIR)$(libexecdir)/relsig" "$(DESTDIR)$(datadir)/relsig/keys" \
		"$(DESTDIR)$(mandir)/man1" "$(DESTDIR)$(mandir)/man5" \
		"$(DESTDIR)$(bash_dir)" "$(DESTDIR)$(zsh_dir)" "$(DESTDIR)$(fish_dir)"
	$(INSTALL) -m 755 $(O)/relsig "$(DESTDIR)$(bindir)/relsig"
	$(INSTALL) -m 755 $(O)/relsig-fetch "$(DESTDIR)$(libexecdir)/relsig/relsig-fetch"
	$(INSTALL) -m 644 $(MAN1:%=$(srcdir)/man/%) "$(DESTDIR)$(mandir)/man1"
	$(INSTALL) -m 644 $(MAN5:%=$(srcdir)/man/%) "$(DESTDIR)$(mandir)/man5"
	$(INSTALL) -m 644 $(O)/completions/relsig.bash "$(DESTDIR)$(bash_dir)/relsig"
	$(INSTALL) -m 644 $(O)/completions/_relsig "$(DESTDIR)$(zsh_dir)/_relsig"
	$(INSTALL) -m 644 $(O)/completions/relsig.fish "$(DESTDIR)$(fish_dir)/relsig.fish"

# The administrator's own files in $(datadir)/relsig/keys stay.
uninstall:
	rm -f "$(DESTDIR)$(bindir)/relsig" "$(DESTDIR)$(libexecdir)/relsig/relsig-fetch"
	rm -f $(foreach page,$(MAN1),"$(DESTDIR)$(mandir)/man1/$(page)")
	rm -f $(foreach page,$(MAN5),"$(DESTDIR)$(mandir)/man5/$(page)")
	rm -f "$(DESTDIR)$(bash_dir)/relsig" "$(DESTDIR)$(zsh_dir)/_relsig" "$(DESTDIR)$(fish_dir)/relsig.fish"
	rmdir "$(DESTDIR)$(libexecdir)/relsig" 2>/dev/null || true
	rmdir "$(DESTDIR)$(datadir)/relsig/keys" "$(DESTDIR)$(datadir)/relsig" 2>/dev/null || true

# ---- Releasing

.PHONY: dist distcheck deb rpm
dist:
	$(srcdir)/build-aux/dist $(srcdir) relsig-$(VERSION)
distcheck: dist
	+$(srcdir)/build-aux/distcheck relsig-$(VERSION)

# Packages are built apart, for /usr, and without debugging information, which would have the names of directories in it.
for_usr = prefix=/usr exec_prefix=/usr bindir=/usr/bin libexecdir=/usr/libexec datarootdir=/usr/share datadir=/usr/share \
	mandir=/usr/share/man CFLAGS='$(filter-out -g%,$(CFLAGS))'
deb:
	rm -rf $(O)/deb/root
	+@$(MAKE) --no-print-directory -f $(self) O=$(O)/deb $(for_usr) DESTDIR=$(O)/deb/root install
	$(srcdir)/build-aux/deb $(srcdir) $(O)/deb/root $(O)
# Out of what "make dist" made; in a release, out of the tarball that it came in.
TARBALL ?= relsig-$(VERSION).tar.gz
rpm: $(if $(wildcard $(srcdir)/.git),dist)
	$(srcdir)/build-aux/rpm $(srcdir) $(TARBALL) $(O)

# ---- The rest

.PHONY: demo bench deps clean distclean help
demo: $(programs)
	@$(where) $(srcdir)/build-aux/demo
bench: $(programs)
	@$(where) CC='$(CC)' $(srcdir)/tests/bench/run
	@$(where) CC='$(CC)' ARCHIVE_FLAGS='$(flags_ld) $(ARCHIVE_CFLAGS) $(ARCHIVE_LIBS) $(CRYPTO_LIBS)' \
		$(srcdir)/tests/bench/mirrors.sh
	@$(where) CC='$(CC)' $(srcdir)/tests/bench/audit.sh
	@$(where) CC='$(CC)' $(srcdir)/tests/bench/files.sh
deps:
	$(srcdir)/build-aux/deps

clean:
	rm -rf $(O)
distclean: clean
	rm -rf config.mk config.log config.status autom4te.cache relsig-$(VERSION).tar.gz
	if test -L source; then rm -f source Makefile; fi
	if test -d $(srcdir)/.git; then rm -f configure; fi

help:
	@sed -n 's/^#: \{0,1\}//p' $(srcdir)/Makefile
endif

#: make                 build/relsig and build/relsig-fetch (runs autoconf and configure when that was not done)
#: make deps            install what building and testing needs, with apt or dnf, as root; `make deps check` is fine
#: make demo            verify the sample release of testdata/ with what was built
#: make install         [DESTDIR=] [prefix=]; make uninstall takes away what install put there
#: make check           the tree's own rules, the manual's examples, fuzz seeds, system tests, the adversary's cases,
#:                      unit tests
#: make check-unit, check-system, check-fuzz    one of these
#: make check-adversary [JOBS=N] every case of testdata/adversary, which is looked through before
#: make check-adversary-asan, check-adversary-valgrind    the program with ASan and UBSan, or under valgrind, with
#:                      each of these cases
#: make check-nofork    the unit tests in one process
#: make check-asan      all of it once more with ASan and UBSan, in build/asan, the unit tests in one process (200 mutants),
#:                      the adversary's cases together
#: make check-valgrind  the unit tests under valgrind, but for the mutants; make check-valgrind-judge: those of src/base,
#:                      src/formats and src/trust alone
#: make check-fault     [RUNS=3000] each call that can fail, fails, one in a run: nothing is accepted, nothing is left
#: make check-mutation  every flip and truncation of signatures, payload, manifest and keys, each judged with gpg
#: make check-differential    [MUTANTS=20000] [SEED=1] mutants compared with skopeo and sqv
#: make check-packages  the tarball and the packages of the last commit, each made twice and compared, installed into a
#:                      bare tree and run there
#: make coverage        with gcc: the lines and branches that the unit tests and fuzz seeds run; of src/formats and
#:                      src/trust all lines and 95% of the branches, the others excused in tests/coverage/excused.txt
#: make check-headers   each header compiles alone
#: make check-static    gcc -fanalyzer, clang-tidy, cppcheck, mandoc, shellcheck and pyflakes, those that are there
#: make fuzz            [FUZZ_SECONDS=30] each parser under clang's libFuzzer, in build/fuzz
#: make assurance       [MUTANTS=20000] [FUZZ_SECONDS=60] all that is counted, at full size, and a table of the figures
#: make bench           relsig beside the tools that it replaces, and in large mirrors beside tar and find
#: make dist            relsig-VERSION.tar.gz from the last commit, the same bytes each time
#: make deb, make rpm   a package in build/: of what is here, and (with rpmbuild) of the last commit or TARBALL=FILE
#: make distcheck       build, test, install and uninstall from that tarball, apart, in a path with spaces
#: make clean           remove build/; make distclean removes what configure made too
#:
#: Variables: V=1 shows commands; DEVELOPER=1 turns on warnings and makes them errors; CC, CFLAGS, CPPFLAGS,
#: LDFLAGS and the directories as usual; SANITIZE=address,undefined; O=DIR instead of build. Lasting ones go into
#: config.local.mk. configure has --prefix and the like, --disable-hardening, and CC=clang.
#:
#: Elsewhere: mkdir b && cd b && ../configure && make, also where a path has spaces in it and where the source
#: cannot be written. Without configure, `make -f ../Makefile` does the same.
