/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/confine_report.h"

const char *
confine_word(enum confine_part part)
{
	switch (part) {
	case CONFINE_NO_NEW_PRIVS:
		return "no-new-privs";
	case CONFINE_LIMITS:
		return "limits";
	case CONFINE_FILES:
		return "landlock-files";
	case CONFINE_TCP:
		return "landlock-tcp";
	case CONFINE_SECCOMP:
		return "seccomp";
	}
	return "";
}

const char *
confine_text(enum confine_state state)
{
	switch (state) {
	case CONFINE_UNKNOWN:
		break;
	case CONFINE_IN_EFFECT:
		return "in effect";
	case CONFINE_NO_NO_NEW_PRIVS:
		return "this kernel has no no_new_privs";
	case CONFINE_NO_LANDLOCK:
		return "this kernel has no Landlock";
	case CONFINE_LANDLOCK_IS_OFF:
		return "Landlock is turned off in this kernel";
	case CONFINE_LANDLOCK_IS_DENIED:
		return "Landlock is not permitted here";
	case CONFINE_LANDLOCK_HAS_NO_TCP:
		return "this kernel's Landlock knows no TCP";
	case CONFINE_NO_SECCOMP:
		return "this kernel has no seccomp filters";
	case CONFINE_SECCOMP_IS_DENIED:
		return "seccomp is not permitted here";
	}
	return "not known";
}
