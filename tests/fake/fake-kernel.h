/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel with the bacs driver, played by a program
 *
 * It answers generic netlink requests byte by byte as the kernel does, keeps
 * buses and modules, and multicasts samples and events. Tests drive it by one
 * line of text per step, see fake-script.c; the same lines work through
 * fake_script() in a test's own process and on the standard input of the
 * program fake-kernel.
 */
#ifndef FAKE_KERNEL_H
#define FAKE_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fake-wire.h"

struct fake_kernel;
struct fake_client;

/**
 * fake_kernel_new() - a kernel without the driver
 *
 * Return: kernel, never NULL.
 */
struct fake_kernel *fake_kernel_new(void);

/* Ends all clients' connections and frees. */
void fake_kernel_free(struct fake_kernel *k);

/**
 * fake_kernel_connect() - a client opens a netlink socket
 * @k: kernel
 * @fd: the kernel's end of the connection, non-blocking; the kernel closes it
 *
 * Return: client.
 */
struct fake_client *fake_kernel_connect(struct fake_kernel *k, int fd);
int fake_client_fd(const struct fake_client *client);
struct fake_client *fake_client_next(const struct fake_kernel *k,
				     const struct fake_client *client);

/**
 * fake_kernel_serve() - take everything a client has sent
 * @k: kernel
 * @client: client
 *
 * Return: false: the client closed its end and is gone.
 */
bool fake_kernel_serve(struct fake_kernel *k, struct fake_client *client);

/**
 * fake_script() - one step
 * @k: kernel
 * @line: command and arguments; see fake-script.c
 * @error: what was wrong
 * @size: of @error
 *
 * Return: 0, -EINVAL.
 */
int fake_script(struct fake_kernel *k, const char *line, char *error,
		size_t size);

/* The clock all clients of this process or socket see */
extern struct fake_clock *fake_clock;

/*
 * The door of a test's own process: sockets lead to this kernel, which
 * answers inside send() as the real one does. NULL: the socket named by the
 * environment variable BACS_FAKE_KERNEL.
 */
extern struct fake_kernel *fake_ops_kernel;

/* Number of the next netlink calls that fail with this errno, for tests */
extern int fake_ops_fail_open;

#endif /* FAKE_KERNEL_H */
