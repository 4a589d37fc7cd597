/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "trust/signing_gpg.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <gpgme.h>

#include "base/file.h"
#include "base/limits.h"
#include "trust/gpg_run.h"

struct signing_gpg {
	gpgme_ctx_t ctx;
	gpgme_key_t key;
	struct buf passphrase; /* with its line's end; empty: gpg-agent asks */
};

void
signing_gpg_free(struct signing_gpg *g)
{
	if (g == NULL)
		return;
	gpgme_key_unref(g->key);
	gpgme_release(g->ctx);
	if (g->passphrase.p != NULL)
		explicit_bzero(g->passphrase.p, g->passphrase.cap);
	buf_free(&g->passphrase);
	free(g);
}

static int
gpg_failed(gpgme_error_t err, const char *doing, struct err *e)
{
	AUTO_STR char *text = gpg_error_text(err);

	return err_set(e, E_IO, "%s: %s", doing, text);
}

/* The first line of a file, as skopeo takes it. */
static int
read_passphrase(struct signing_gpg *g, const char *path, struct err *e)
{
	const uint8_t *end;

	/* Room for all of it now: what is outgrown would be left behind with a part of it. */
	buf_add(&g->passphrase, (char[MAX_PASSPHRASE_BYTES + 2]){ 0 }, MAX_PASSPHRASE_BYTES + 2);
	if (file_read(&g->passphrase, path, MAX_PASSPHRASE_BYTES, e) != 0)
		return err_wrap(e, "--passphrase-file");
	end = g->passphrase.n > 0 ? memchr(g->passphrase.p, '\n', g->passphrase.n) : NULL;
	if (end != NULL)
		g->passphrase.n = (size_t)(end - g->passphrase.p);
	buf_add_byte(&g->passphrase, '\n');
	return 0;
}

/* gpg asks again when it was wrong: there is no other answer. */
static gpgme_error_t
give_passphrase(void *hook, const char *hint, const char *info, int was_bad, int fd)
{
	const struct signing_gpg *g = hook;
	bool given;

	(void)hint;
	(void)info;
	given = !was_bad && gpgme_io_writen(fd, g->passphrase.p, g->passphrase.n) == 0;
	return given ? 0 : gpgme_error(GPG_ERR_BAD_PASSPHRASE);
}

static int
find_key(struct signing_gpg *g, const char *fingerprint, struct err *e)
{
	gpgme_error_t err = gpgme_get_key(g->ctx, fingerprint, &g->key, 1);

	if (gpgme_err_code(err) == GPG_ERR_EOF)
		return err_set(e, E_NOT_FOUND, "the user's gpg has no secret key %s (see gpg -K)",
		    fingerprint);
	if (err != 0)
		return gpg_failed(err, "looking for the secret key", e);
	/* gpg finds a key by its subkeys, and then signs with whichever it likes best. */
	if (g->key->subkeys == NULL || strcasecmp(g->key->subkeys->fpr, fingerprint) != 0)
		return err_set(e, E_UNSUPPORTED,
		    "%s is a subkey: name the primary key, which is what is trusted", fingerprint);
	if (g->key->revoked || g->key->expired || g->key->disabled || g->key->invalid)
		return err_set(e, E_UNSUPPORTED, "the key %s is %s", fingerprint,
		    g->key->revoked   ? "revoked"
		    : g->key->expired ? "expired"
				      : "disabled or invalid");
	if (!g->key->can_sign)
		return err_set(e, E_UNSUPPORTED, "the key %s cannot sign", fingerprint);
	err = gpgme_signers_add(g->ctx, g->key);
	return err == 0 ? 0 : gpg_failed(err, "choosing the key", e);
}

int
signing_gpg_open(struct signing_gpg **out, const char *fingerprint, const char *homedir,
    const char *passphrase_file, struct err *e)
{
	AUTO_PTR(signing_gpg) g = xcalloc(1, sizeof(*g));
	gpgme_error_t err;

	*out = NULL;
	/* An empty one would be the user's own. */
	if (homedir != NULL && access(homedir, R_OK | X_OK) != 0)
		return err_sys(e, E_IO, "--homedir \"%s\"", homedir);
	if (homedir != NULL && setenv("GNUPGHOME", homedir, 1) != 0)
		return err_sys(e, E_IO, "setting GNUPGHOME");
	if (passphrase_file != NULL && read_passphrase(g, passphrase_file, e) != 0)
		return -1;
	/* gpg from PATH, the same that verifies afterwards. */
	(void)gpgme_set_global_flag("disable-gpgconf", "1");
	(void)gpgme_check_version(NULL);
	err = gpgme_new(&g->ctx);
	if (err == 0)
		err = gpgme_set_protocol(g->ctx, GPGME_PROTOCOL_OpenPGP);
	if (err == 0 && passphrase_file != NULL) {
		err = gpgme_set_pinentry_mode(g->ctx, GPGME_PINENTRY_MODE_LOOPBACK);
		gpgme_set_passphrase_cb(g->ctx, give_passphrase, g);
	}
	if (err != 0)
		return gpg_failed(err, "GPGME", e);
	gpgme_set_offline(g->ctx, 1);
	gpgme_set_armor(g->ctx, 0);
	if (find_key(g, fingerprint, e) != 0)
		return -1;
	*out = steal(&g);
	return 0;
}

/* What GPGME has written into data; it is released. */
static int
take(gpgme_data_t data, struct buf *out, struct err *e)
{
	size_t n = 0;
	char *p = gpgme_data_release_and_get_mem(data, &n);

	buf_clear(out);
	if (p == NULL)
		return err_set(e, E_IO, "gpg wrote nothing");
	buf_add(out, p, n);
	gpgme_free(p);
	return 0;
}

int
signing_gpg_export(struct signing_gpg *g, struct buf *out, struct err *e)
{
	gpgme_key_t keys[] = { g->key, NULL };
	gpgme_data_t data;
	gpgme_error_t err = gpgme_data_new(&data);

	if (err != 0)
		return gpg_failed(err, "GPGME", e);
	err = gpgme_op_export_keys(g->ctx, keys, GPGME_EXPORT_MODE_MINIMAL, data);
	if (err == 0)
		return take(data, out, e);
	gpgme_data_release(data);
	return gpg_failed(err, "exporting the public key", e);
}

int
signing_gpg_sign(struct signing_gpg *g, struct bytes payload, struct buf *out, struct err *e)
{
	gpgme_data_t in = NULL, data = NULL;
	gpgme_error_t err = gpgme_data_new_from_mem(&in, (const char *)payload.p, payload.n, 0);

	if (err == 0)
		err = gpgme_data_new(&data);
	if (err == 0)
		err = gpgme_op_sign(g->ctx, in, data, GPGME_SIG_MODE_NORMAL);
	if (in != NULL)
		gpgme_data_release(in);
	if (err == 0)
		return take(data, out, e);
	if (data != NULL)
		gpgme_data_release(data);
	return gpg_failed(err, "gpg does not sign", e);
}
