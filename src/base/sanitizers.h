/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which sanitizers a build has, each 0 or 1: gcc before 14 tells by macros, clang and later gcc by
 * __has_feature. A build with one is for tests.
 */
#ifndef RELSIG_BASE_SANITIZERS_H
#define RELSIG_BASE_SANITIZERS_H

#if defined(__has_feature)
#define WITH_ADDRESS_SANITIZER __has_feature(address_sanitizer)
#define WITH_THREAD_SANITIZER __has_feature(thread_sanitizer)
#define WITH_MEMORY_SANITIZER __has_feature(memory_sanitizer)
#else
#if defined(__SANITIZE_ADDRESS__)
#define WITH_ADDRESS_SANITIZER 1
#else
#define WITH_ADDRESS_SANITIZER 0
#endif
#if defined(__SANITIZE_THREAD__)
#define WITH_THREAD_SANITIZER 1
#else
#define WITH_THREAD_SANITIZER 0
#endif
#define WITH_MEMORY_SANITIZER 0 /* clang's alone */
#endif

#endif
