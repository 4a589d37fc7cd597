/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verify/node_config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "verify/registriesd_files.h"

void
node_config_free(struct node_config *c)
{
	free(c->policy_file);
	policy_free(&c->policy);
	free(c->registriesd_directory);
	registriesd_free(&c->registriesd);
	free(c->root);
	free(c->default_store);
	*c = (struct node_config)NODE_CONFIG_INIT;
}

void
node_stores_free(struct node_stores *s)
{
	free(s->lookaside);
	free(s->lookaside_from);
	free(s->attachments_from);
	*s = (struct node_stores)NODE_STORES_INIT;
}

/* The user's home, unless another machine's files are looked at; NULL when there is none. */
static const char *
home_of(const char *root)
{
	const char *home = getenv("HOME");

	return root[0] == '\0' && home != NULL && home[0] != '\0' ? home : NULL;
}

char *
node_config_place(const char *root, const char *name)
{
	const char *home = home_of(root);
	AUTO_STR char *user =
	    home != NULL ? xasprintf("%s/.config/containers/%s", home, name) : NULL;

	if (user != NULL && (access(user, F_OK) == 0 || errno != ENOENT))
		return steal(&user);
	return xasprintf("%s/etc/containers/%s", root, name);
}

/*
 * --- policy.json --------------------------------------------------------------------------------
 */

static int
read_policy(struct node_config *c, const char *path, struct err *e)
{
	AUTO(buf) text = BUF_INIT;

	if (file_read_by(&text, path, MAX_POLICY_BYTES, &c->deadline, e) != 0)
		return -1;
	if (policy_parse(&c->policy, buf_bytes(&text), e) != 0)
		return err_wrap(e, "%s", path);
	c->policy_file = xstrdup(path);
	return 0;
}

/* The user's replaces the system's; only one that is not there gives way. */
static int
find_policy(struct node_config *c, struct err *e)
{
	const char *home = home_of(c->root);
	AUTO_STR char *user =
	    home != NULL ? xasprintf("%s/.config/containers/policy.json", home) : NULL;
	AUTO_STR char *system = xasprintf("%s/etc/containers/policy.json", c->root);

	if (user != NULL && (read_policy(c, user, e) == 0 || e->code != E_NOT_FOUND))
		return c->policy_file != NULL ? 0 : -1;
	err_free(e);
	if (read_policy(c, system, e) == 0 || e->code != E_NOT_FOUND)
		return c->policy_file != NULL ? 0 : -1;
	return err_set(e, E_NOT_FOUND, "no policy.json: neither %s%s%s is there",
	    user != NULL ? user : "", user != NULL ? " nor " : "", system);
}

/*
 * --- registries.d -------------------------------------------------------------------------------
 */

static int
read_registriesd(struct node_config *c, const char *directory, struct err *e)
{
	AUTO(registriesd_files) files = REGISTRIESD_FILES_INIT;

	if (registriesd_files_list(&files, directory, e) != 0)
		return -1;
	for (size_t i = 0; i < files.n; i++) {
		AUTO(buf) text = BUF_INIT;

		if (file_read_by(&text, files.v[i], MAX_REGISTRIESD_BYTES, &c->deadline, e) != 0) {
			/* Gone between two looks: not the same as no directory. */
			e->code = e->code == E_NOT_FOUND ? E_IO : e->code;
			return -1;
		}
		if (registriesd_add(&c->registriesd, files.v[i], buf_bytes(&text), e) != 0)
			return -1;
	}
	c->registriesd_directory = xstrdup(directory);
	return 0;
}

static int
find_registriesd(struct node_config *c, struct err *e)
{
	const char *home = home_of(c->root);
	AUTO_STR char *user =
	    home != NULL ? xasprintf("%s/.config/containers/registries.d", home) : NULL;
	AUTO_STR char *system = xasprintf("%s/etc/containers/registries.d", c->root);

	if (user != NULL && (read_registriesd(c, user, e) == 0 || e->code != E_NOT_FOUND))
		return c->registriesd_directory != NULL ? 0 : -1;
	err_free(e);
	if (read_registriesd(c, system, e) == 0 || e->code != E_NOT_FOUND)
		return c->registriesd_directory != NULL ? 0 : -1;
	err_free(e);
	return 0;
}

/* containers-registries.d(5): root's, or the user's own. */
static char *
default_store(const struct node_config *c)
{
	const char *home = home_of(c->root);

	if (geteuid() != 0 && home != NULL)
		return xasprintf("file://%s/.local/share/containers/sigstore", home);
	return xasprintf("file://%s/var/lib/containers/sigstore", c->root);
}

int
node_config_read(struct node_config *out, const struct node_config_options *options, struct err *e)
{
	AUTO(node_config) c = NODE_CONFIG_INIT;
	int r;

	*out = (struct node_config)NODE_CONFIG_INIT;
	c.root = xstrdup(options->root != NULL ? options->root : "");
	c.deadline = options->deadline;
	c.default_store = default_store(&c);
	r = options->policy_file != NULL ? read_policy(&c, options->policy_file, e)
					 : find_policy(&c, e);
	if (r != 0)
		return -1;
	r = options->registriesd != NULL ? read_registriesd(&c, options->registriesd, e)
					 : find_registriesd(&c, e);
	if (r != 0)
		return -1;
	*out = c;
	c = (struct node_config)NODE_CONFIG_INIT;
	return 0;
}

/*
 * --- one image ----------------------------------------------------------------------------------
 */

/* What Red Hat's distributions have in registries.d, for machines that are none of them. */
static const char *
red_hat_store(const struct reference *image)
{
	if (strcmp(image->domain, "registry.redhat.io") == 0)
		return "https://registry.redhat.io/containers/sigstore";
	if (strcmp(image->domain, "registry.access.redhat.com") == 0)
		return "https://access.redhat.com/webassets/docker/content/sigstore";
	return NULL;
}

static char *
describe_section(const struct registriesd_section *s)
{
	if (s->scope == NULL)
		return xasprintf("%s: default-docker", s->file);
	return xasprintf("%s: docker[\"%s\"]", s->file, s->scope);
}

int
node_config_stores(const struct node_config *c, const struct reference *image,
    struct node_stores *out, struct err *e)
{
	AUTO(scopes) scopes = SCOPES_INIT;
	struct registriesd_choice choice;
	const char *known = red_hat_store(image);

	*out = (struct node_stores)NODE_STORES_INIT;
	if (scopes_of_reference(&scopes, image, e) != 0)
		return -1;
	registriesd_find(&c->registriesd, scopes.v, scopes.n, &choice);
	if (choice.url != NULL) {
		out->lookaside = xstrdup(choice.url);
		out->lookaside_from = describe_section(choice.url_from);
	} else {
		out->lookaside = xstrdup(known != NULL ? known : c->default_store);
		out->lookaside_from =
		    xstrdup(known != NULL ? "known to relsig: no file of registries.d tells"
					  : "the default: no file of registries.d tells");
	}
	out->attachments = choice.attachments;
	if (choice.attachments_from != NULL)
		out->attachments_from = describe_section(choice.attachments_from);
	else
		out->attachments_from = xstrdup("the default: no file of registries.d tells");
	return 0;
}

const struct policy_entry *
node_config_entry(const struct node_config *c, const struct reference *image, struct err *e)
{
	AUTO(scopes) scopes = SCOPES_INIT;

	if (scopes_of_reference(&scopes, image, e) != 0)
		return NULL;
	return policy_lookup(&c->policy, "docker", &scopes);
}

const struct policy_entry *
node_config_entry_of_path(
    const struct node_config *c, const char *transport, const char *path, struct err *e)
{
	AUTO(scopes) scopes = SCOPES_INIT;
	AUTO_STR char *resolved = realpath(path, NULL);

	if (resolved == NULL) {
		(void)err_sys(e, errno == ENOENT ? E_NOT_FOUND : E_IO, "%s", path);
		return NULL;
	}
	if (scopes_of_path(&scopes, resolved, e) != 0)
		return NULL;
	return policy_lookup(&c->policy, transport, &scopes);
}
