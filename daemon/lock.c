// SPDX-License-Identifier: GPL-2.0-or-later
/* One bacsd per site */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>

#include "manager.h"

/* Returns the descriptor that holds the lock, or negative errno */
int lock_take(const char *path)
{
	_close_ int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	char text[24] = "";
	int r;

	if (fd < 0) {
		r = -errno;
		journal_print(LOG_ERR, "Cannot open lock %s: %s", path,
			      strerror(-r));
		return r;
	}
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		r = -errno;
		if (r != -EWOULDBLOCK) {
			journal_print(LOG_ERR, "Cannot lock %s: %s", path,
				      strerror(-r));
			return r;
		}
		if (read(fd, text, sizeof(text) - 1) < 0)
			text[0] = '\0';
		text[strcspn(text, "\n")] = '\0';
		journal_print(LOG_ERR,
			      "Another bacsd (process %s) runs on this site and holds %s; only one may. Remedy: systemctl stop bacsd",
			      *text ? text : "?", path);
		return -EBUSY;
	}
	snprintf(text, sizeof(text), "%d\n", getpid());
	if (ftruncate(fd, 0) < 0 || write(fd, text, strlen(text)) < 0)
		journal_print(LOG_WARNING,
			      "Cannot write the process id to %s: %m", path);
	return TAKE_FD(fd);
}
