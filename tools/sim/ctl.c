// SPDX-License-Identifier: GPL-2.0-or-later
/* bacs-sim ctl: one command to a running simulator */
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "control.h"

static int open_socket(const char *path)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof(sun.sun_path)) {
		fprintf(stderr, "bacs-sim: socket \"%s\": its path has more than %zu characters\n",
			path, sizeof(sun.sun_path) - 1);
		return -1;
	}
	strcpy(sun.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&sun, sizeof(sun)) < 0) {
		fprintf(stderr, "bacs-sim: %s: cannot connect: %s; is bacs-sim --control %s running?\n",
			path, strerror(errno), path);
		if (fd >= 0)
			close(fd);
		return -1;
	}
	return fd;
}

/**
 * ctl_main() - main() of bacs-sim ctl
 * @argc: number of words behind "ctl"
 * @argv: socket, then the command
 *
 * Return: exit status: 0 done, 1 refused or no simulator, 2 usage.
 */
int ctl_main(int argc, char **argv)
{
	char *line = NULL;
	size_t size = 0;
	int status = -1, fd;
	FILE *f;

	if (argc < 2) {
		fprintf(stderr, "Usage: bacs-sim ctl SOCKET COMMAND...\n");
		return 2;
	}
	/* whoever goes first, simulator or reader, it is told below */
	signal(SIGPIPE, SIG_IGN);
	fd = open_socket(argv[0]);
	if (fd < 0)
		return 1;
	f = fdopen(fd, "r+");
	if (!f) {
		close(fd);
		return 1;
	}
	for (int i = 1; i < argc; i++)
		fprintf(f, "%s%s", i > 1 ? " " : "", argv[i]);
	fputc('\n', f);
	fflush(f);
	while (getline(&line, &size, f) > 0) {
		if (!strcmp(line, "ok\n")) {
			status = 0;
			break;
		}
		if (!strncmp(line, "error: ", 7)) {
			fprintf(stderr, "bacs-sim: %s", line + 7);
			status = 1;
			break;
		}
		fputs(line, stdout);
	}
	if (status == -1) {
		fprintf(stderr, "bacs-sim: %s: the simulator closed before the end of its answer\n",
			argv[0]);
		status = 1;
	}
	if (fflush(stdout) || ferror(stdout)) {
		fprintf(stderr, "bacs-sim: standard output: cannot write: %s\n",
			strerror(errno));
		status = 1;
	}
	free(line);
	fclose(f);
	return status;
}
