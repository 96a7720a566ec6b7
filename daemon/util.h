/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small helpers every file of the daemon may use */
#ifndef BACSD_UTIL_H
#define BACSD_UTIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define NSEC_PER_USEC	1000ULL
#define NSEC_PER_MSEC	1000000ULL
#define NSEC_PER_SEC	1000000000ULL
#define USEC_PER_SEC	1000000ULL

#define __cleanup(f)	__attribute__((cleanup(f)))
#define __printf(a, b)	__attribute__((format(printf, a, b)))

static inline void cleanup_freep(void *p)
{
	free(*(void **)p);
}

static inline void cleanup_fclosep(FILE **f)
{
	if (*f)
		fclose(*f);
}

static inline void cleanup_closep(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

#define _free_		__cleanup(cleanup_freep)
#define _fclose_	__cleanup(cleanup_fclosep)
#define _close_		__cleanup(cleanup_closep)

#define TAKE_PTR(p) ({			\
	__typeof__(p) _taken = (p);	\
	(p) = NULL;			\
	_taken;				\
})

#define TAKE_FD(fd) ({			\
	int _taken = (fd);		\
	(fd) = -1;			\
	_taken;				\
})

/* Addresses 1-247 as a bit map: bit (n % 8) of byte (n / 8) */
static inline bool address_test(const uint8_t map[32], unsigned int n)
{
	return map[n / 8] & (1U << (n % 8));
}

static inline void address_set(uint8_t map[32], unsigned int n)
{
	map[n / 8] |= 1U << (n % 8);
}

#endif
