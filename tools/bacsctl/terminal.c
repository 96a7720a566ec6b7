// SPDX-License-Identifier: GPL-2.0-or-later
/* The terminal: what it can do, and drawing over what is there */
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "bacsctl.h"

bool terminal_colours(void)
{
	const char *no = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	if (no && no[0])
		return false;
	return isatty(STDOUT_FILENO) && term && strcmp(term, "dumb");
}

bool terminal_unicode(void)
{
	return !strcmp(nl_langinfo(CODESET), "UTF-8");
}

static void size(int *columns, int *lines)
{
	struct winsize w;

	*columns = 80;
	*lines = 24;
	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) && w.ws_col && w.ws_row) {
		*columns = w.ws_col;
		*lines = w.ws_row;
	}
}

int terminal_width(void)
{
	int columns, lines;

	size(&columns, &lines);
	return columns;
}

void terminal_watch_begin(void)
{
	/* another screen, no cursor: the old screen comes back at the end */
	if (isatty(STDOUT_FILENO))
		fputs("\033[?1049h\033[?25l\033[H\033[2J", stdout);
}

void terminal_watch_end(void)
{
	if (isatty(STDOUT_FILENO))
		fputs("\033[?25h\033[?1049l", stdout);
	fflush(stdout);
}

static unsigned int count_lines(const char *text)
{
	unsigned int n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

/* Every line is drawn over the old one and its rest erased: no flicker */
void terminal_redraw(const char *text)
{
	int columns, lines, room;
	unsigned int left = count_lines(text);

	if (!isatty(STDOUT_FILENO)) {
		fputs(text, stdout);
		fflush(stdout);
		return;
	}
	size(&columns, &lines);
	room = lines - 1;
	fputs("\033[?7l\033[H", stdout);
	while (*text && (room > 1 || left <= 1)) {
		size_t len = strcspn(text, "\n");

		fwrite(text, 1, len, stdout);
		fputs("\033[K\n", stdout);
		text += len + (text[len] == '\n');
		room--;
		left--;
	}
	if (*text)
		printf("... %u more line%s\033[K", left,
		       left == 1 ? "" : "s");
	fputs("\033[J\033[?7h", stdout);
	fflush(stdout);
}
