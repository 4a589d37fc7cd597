/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What every file of relsig may assume: borrowed bytes, scope-bound ownership, allocation that does
 * not fail (the process ends instead, so that no half-built object exists), and the attributes that
 * make a forgotten return value a compiler's warning.
 */
#ifndef RELSIG_BASE_BASE_H
#define RELSIG_BASE_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A fallible function: its result must be looked at. */
#define RESULT_USED __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, first) __attribute__((format(printf, fmt, first)))

/*
 * AUTO(buf) b = BUF_INIT;       a struct that is freed when it goes out of scope (buf_free(&b))
 * AUTO_PTR(store) s = NULL;     a pointer to an opaque struct, likewise (store_free(s))
 * The module defines X_free and, beside it, AUTO_DEFINE(X) or AUTO_PTR_DEFINE(X).
 */
#define AUTO(type) __attribute__((cleanup(type##_auto_))) struct type
#define AUTO_DEFINE(type)                                                                          \
	static inline void type##_auto_(struct type *v)                                            \
	{                                                                                          \
		type##_free(v);                                                                    \
	}
#define AUTO_PTR(type) __attribute__((cleanup(type##_auto_ptr_))) struct type *
#define AUTO_PTR_DEFINE(type)                                                                      \
	static inline void type##_auto_ptr_(struct type **v)                                       \
	{                                                                                          \
		type##_free(*v);                                                                   \
	}
/* AUTO_STR char *s = NULL;  freed with free(). */
#define AUTO_STR __attribute__((cleanup(auto_str_)))
void auto_str_(char **s);
/* AUTO_FD int fd = -1;  closed when not negative. */
#define AUTO_FD __attribute__((cleanup(auto_fd_)))
void auto_fd_(int *fd);

/* Hand a pointer over: yields its value and leaves NULL behind. */
#define steal(pp)                                                                                  \
	({                                                                                         \
		__typeof__(*(pp)) stolen_ = *(pp);                                                 \
		*(pp) = NULL;                                                                      \
		stolen_;                                                                           \
	})

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* Borrowed bytes: never freed through this struct. p may be NULL when n is 0. */
struct bytes {
	const uint8_t *p;
	size_t n;
};
struct bytes bytes_of(const void *p, size_t n);
struct bytes bytes_of_str(const char *s); /* without the terminating NUL */
bool bytes_equal(struct bytes a, struct bytes b);

/* Allocation: never NULL; out of memory ends the process with status 2 and one line. */
void *xmalloc(size_t n);
void *xcalloc(size_t n, size_t size);
void *xreallocarray(void *p, size_t n, size_t size);
char *xstrdup(const char *s);
char *xstrndup(const char *s, size_t n); /* at most n bytes, or up to the first NUL */
char *xasprintf(const char *fmt, ...) PRINTF_LIKE(1, 2);
/*
 * What is done first when memory has run out, by whichever thread it ran out in: must not allocate.
 */
extern void (*at_out_of_memory)(void);
/* The same end for a library's constructor: p, when it is not NULL. */
void *must_have(void *p);

/*
 * Make room for one more element in an array that grows by doubling: LIST_ADD(v, n) evaluates to a
 * pointer to the new, zeroed element and counts it. The array is freed with free().
 */
#define LIST_ADD(v, n) ((v) = list_grow_((v), (n), sizeof(*(v))), &(v)[(n)++])
void *list_grow_(void *v, size_t n, size_t size);

#endif
